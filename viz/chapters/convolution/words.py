"""Names of kernels on the screen."""

from __future__ import annotations

from viz.i18n import tr


def kernel_names() -> dict[str, str]:
    """Return the names of ``measure.kernels.PRESETS``, in their order, translated."""
    return {
        "vertical": tr("vertical edge"),
        "horizontal": tr("horizontal edge"),
        "sobel": tr("Sobel"),
        "scharr": tr("Scharr"),
        "laplacian": tr("Laplacian"),
        "box": tr("box blur"),
        "gaussian": tr("Gaussian blur"),
        "sharpen": tr("sharpen"),
        "identity": tr("identity"),
    }
