"""The network that we ship, for tests that ask whether a drawing is read as what it is."""

import numpy as np
import pytest

from viz.resources import resource_path


@pytest.fixture(scope="session")
def read():
    """Images (B, 32, 32) → the classes' probabilities (B, 11), by the network that we ship."""
    if not resource_path("lenet5.safetensors").is_file():
        pytest.skip("needs the trained weights, resources/viz_resources/lenet5.safetensors")
    import torch

    from viz.nets import load_pretrained

    net = load_pretrained()

    def probabilities(images):
        with torch.inference_mode():
            output = net(torch.from_numpy(np.stack(images))[:, None])["output"]
        return output[:, :, 0, 0].exp().numpy()

    return probabilities
