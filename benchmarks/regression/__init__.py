"""Simulations of the rules that tell whether a deployment became slower. Seeds are fixed."""
