"""How do the EDM and GDCM of one frame become labels? (METHOD.md section 5)"""
