"""Figures: one file each, SVG written by hand, about three kilobytes."""
