"""How allauth is told our rules: closed sign-up, mails through the outbox's look."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Associations join through their delegation, staff through the centre."""
        return False
