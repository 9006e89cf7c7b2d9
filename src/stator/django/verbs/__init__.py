"""What the verbs of ``manage.py stator`` do, where it takes more than a few lines: a module for each."""
