"""The emulated AWS and the sample company; needs the demo extra."""
