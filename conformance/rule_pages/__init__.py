"""Rules as a person reads them, and how sure the timing rules are."""

from conformance.rule_pages.pages import markdown_page, show_rule, show_rules

__all__ = ["markdown_page", "show_rule", "show_rules"]
