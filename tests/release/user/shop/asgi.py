from stator.django.asgi import get_asgi_application
from stator.serve.asgi import Receive, Scope, Send, StaticFiles

application = get_asgi_application()


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


around_plain = StaticFiles(plain, root="/srv/static_root")
