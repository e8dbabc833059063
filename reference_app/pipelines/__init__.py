"""What draws the pictures: SDXL through diffusers, the embedded small model, or a simulation without torch."""
