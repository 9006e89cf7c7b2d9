from django.templatetags.static import static
from jinja2 import Environment


def environment(**options):
    environment = Environment(**options)
    environment.globals["static"] = static
    return environment
