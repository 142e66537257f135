"""English sentences by message id, a module for each area that grew; `app.locale.texts` puts them together."""
