"""The typed, checked values of config.yml and profile.yml (files: `app.adapters.config_files`)."""

from app.settings.change import REMOVE as REMOVE
