"""The Django app: settings, finders, storage, commands, middleware. The only room that imports Django."""
