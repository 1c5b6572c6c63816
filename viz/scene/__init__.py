"""The scene: what is drawn, as vectors, and how it becomes an image. Never imports Qt or torch."""

from viz.scene.exposure import Light, Noise
from viz.scene.model import Group, ImageLayer, Scene, Stroke, Transform
from viz.scene.raster import rasterize, rasterize_scene

__all__ = [
    "Group",
    "ImageLayer",
    "Light",
    "Noise",
    "Scene",
    "Stroke",
    "Transform",
    "rasterize",
    "rasterize_scene",
]
