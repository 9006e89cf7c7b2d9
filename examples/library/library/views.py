from django.http import HttpResponseRedirect
from django.templatetags.static import static


def favicon(_request):
    """Browsers ask for it at the root of the site wherever a page names no icon of its own."""
    return HttpResponseRedirect(static("brand/favicon.ico"))
