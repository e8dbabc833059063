"""fal-stream-conformance: is a fal `/stream` endpoint right?"""
