from stator.django.wsgi import get_wsgi_application

application = get_wsgi_application()
