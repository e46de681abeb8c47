"""Prompt formats by name: the table of them as data, and what renders conversations with it."""

from ftkernel.data.templates.load import get, names
from ftkernel.data.templates.spec import BOS, EOS, TemplateSpec, Token

__all__ = ["BOS", "EOS", "TemplateSpec", "Token", "get", "names"]
