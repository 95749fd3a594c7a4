"""What every page of the portal shows."""


def portal(request):
    return {}
