from django.conf import settings
from django.views.generic import TemplateView


class FrontendPage(TemplateView):
    """A page that a front end works in. Where the site goes without front ends, a page that says so."""

    frontend = ""

    def get_template_names(self):
        return [self.template_name if self.frontend in settings.STATOR["FRONTENDS"] else "visit/without.html"]
