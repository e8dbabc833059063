"""The model fal `/stream` application: SDXL previews over Server-Sent Events, on a laptop or on fal."""
