"""Trains and serves open models for tunewright."""
