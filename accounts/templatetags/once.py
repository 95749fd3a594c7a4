"""``{% idempotency %}``: built in to every template, inside every form that posts."""

from uuid import uuid4

from django import template
from django.utils.html import format_html

from accounts.idempotency import FIELD

register = template.Library()


@register.simple_tag
def idempotency():
    """A key of its own for each form shown: its second sending changes nothing."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())
