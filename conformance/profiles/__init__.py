"""Profiles: how one kind of endpoint is asked and judged. The built-in ones are the TOML files beside this one."""
