"""Two form widgets that bring their own style sheets and scripts along."""

from django import forms
from django.forms.widgets import Script


class StarRating(forms.RadioSelect):
    """Radio buttons that look like stars. The style sheet does it all; the module adds words."""

    class Media:
        css = {"all": ["readers/star-rating.css"]}
        js = [Script("readers/js/star-rating.js", type="module")]

    def __init__(self, attrs=None):
        choices = [(n, f"{n} star{'s' if n > 1 else ''}") for n in range(1, 6)]
        super().__init__({"class": "star-rating", **(attrs or {})}, choices)


class TagInput(forms.TextInput):
    """A text field whose words, separated by commas, become tags."""

    class Media:
        css = {"all": ["readers/tag-input.css"]}
        js = [Script("readers/js/tag-input.js", defer=True)]

    def __init__(self, attrs=None):
        super().__init__({"data-tag-input": True, "autocomplete": "off", **(attrs or {})})
