"""The routes of the API, one class for each group of them."""
