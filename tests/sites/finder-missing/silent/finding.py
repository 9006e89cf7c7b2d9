from django.contrib.staticfiles.finders import FileSystemFinder


class OwnFinder(FileSystemFinder):
    pass
