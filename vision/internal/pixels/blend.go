package pixels

// onWhite composites one straight-alpha sample on white, rounded as Pillow's alpha_composite does over an opaque
// background:
//
//	t = 128·(s·a + 255·(255−a)) + 128·128;  out = ((t>>8) + t) >> 15
func onWhite(sample, alpha uint8) uint8 {
	s, a := uint32(sample), uint32(alpha)
	t := (s*a+255*(255-a))<<7 + 0x80<<7
	return uint8(((t >> 8) + t) >> 15)
}

// clamp8 limits v to 0…255.
func clamp8(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	if v < 0 {
		return 0
	}
	return 255
}
