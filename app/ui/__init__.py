"""The desktop, in Qt Widgets: pages over the services, never over the adapters."""
