from django.conf import settings


def release_header(get_response):
    """Every answer names the release that gave it: the strongest proof that a deploy can get that the new code serves."""

    def middleware(request):
        response = get_response(request)
        if settings.RELEASE:
            response["X-Release"] = settings.RELEASE
        return response

    return middleware
