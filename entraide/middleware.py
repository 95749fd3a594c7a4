"""Who is signed out is asked to sign in; what was typed until then is not lost."""

from django.contrib.auth.middleware import LoginRequiredMiddleware

from entraide.views import signed_out_post, wants_json


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's own, except for a form sent after its session ended."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST" or wants_json(request):
            return signed_out_post(request)
        return super().handle_no_permission(request, view_func)
