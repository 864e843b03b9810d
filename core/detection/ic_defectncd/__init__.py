"""IC-DefectNCD stage 1 (Zhao et al. 2025, Sec. 3.2): normal information of one image, and what it cannot rebuild."""
