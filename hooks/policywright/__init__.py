"""Policywright turns an agency's answers into a policy and publishes it as a static site."""

__version__ = "0.1.0"
