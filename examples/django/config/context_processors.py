from django.conf import settings


def release(request):
    return {"version": settings.VERSION}
