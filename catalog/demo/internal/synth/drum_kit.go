package synth

// SoftKick is the bass drum of a small kit.
func SoftKick() Voice { return Kick{Hz: 52, Drop: 2.6, Fall: .12, Ring: .55, Click: .18, Drive: 1.4} }

// DeepKick is the bass drum of a machine.
func DeepKick() Voice { return Kick{Hz: 47, Drop: 4.2, Fall: .14, Ring: .75, Click: .25, Drive: 2.2} }

// StickSnare is a snare drum struck in the middle.
func StickSnare() Voice { return Snare{Hz: 186, Shell: .8, Ring: .28, Tone: 3600} }

// DustySnare is a snare as from an old record.
func DustySnare() Voice { return Snare{Hz: 168, Shell: .9, Ring: .22, Tone: 2300} }

// BrushTap is a wire brush on a snare.
func BrushTap() Voice { return Snare{Hz: 190, Shell: .12, Ring: .30, Tone: 3200, Swish: .006} }

// BrushSweep is a wire brush drawn over a snare.
func BrushSweep() Voice { return Burst{Hz: 2600, Quality: .7, Rise: .13, Ring: .45} }

// CrossStick is a stick laid over the rim.
func CrossStick() Voice {
	return Mallet{Partials: []Partial{{1, .8, .07}, {2.31, .5, .06}, {3.9, .3, .04}}, Click: .6}
}

// ClosedHat and OpenHat are a pair of hats.
func ClosedHat() Voice { return Metal{Ring: .10, Corner: 6800, Noise: .5} }

// OpenHat is the pair half open.
func OpenHat() Voice { return Metal{Ring: .55, Corner: 6200, Noise: .5} }

// Ride is a large cymbal played with the tip of a stick.
func Ride() Voice { return Metal{Ring: 1.5, Corner: 4200, Noise: .35, Ping: .55, Top: 9000} }

// Crash is a cymbal struck at its edge.
func Crash() Voice { return Metal{Ring: 3.2, Corner: 3000, Noise: .75, Top: 9500} }

// Swell is a cymbal roll that grows for the given seconds.
func Swell(seconds float64) Voice {
	return Metal{Ring: 1.6, Corner: 3200, Noise: .85, Swell: seconds, Top: 9000}
}

// Shaker is a small egg.
func Shaker() Voice { return Burst{Hz: 6500, Quality: 1, Rise: .018, Ring: .09} }

// Tambourine is a rattle of small jingles.
func Tambourine() Voice { return Metal{Ring: .32, Corner: 6000, Noise: .35, Swell: .008, Top: 13000} }

// Clap is a few people clapping at almost the same time.
func Clap() Voice { return Burst{Hz: 1350, Quality: 1.1, Rise: .001, Ring: .26, Repeats: 3, Gap: .011} }

// Snap is a finger snap.
func Snap() Voice { return Burst{Hz: 2300, Quality: 3, Rise: .001, Ring: .12, Repeats: 1, Gap: .008} }

// Tom is a tom-tom; its pitch follows the hit.
func Tom() Voice { return Skin{Ring: .7, Bend: 1.5, Slap: .25, Tone: 1800, Plain: .3} }

// Taiko is a barrel drum in a hall.
func Taiko() Voice { return Skin{Ring: 1.3, Bend: 2.5, Slap: .35, Tone: 900} }

// Timpani is a kettledrum.
func Timpani() Voice { return Skin{Ring: 2.2, Bend: .3, Slap: .12, Tone: 700, Plain: .35} }

// HandDrum is a conga or a frame drum struck with the fingers.
func HandDrum() Voice { return Skin{Ring: .32, Bend: 1, Slap: .3, Tone: 1500, Plain: .45} }

// WoodBlock is a hollow block.
func WoodBlock() Voice {
	return Mallet{Partials: []Partial{{1, 1, .10}, {2.57, .4, .06}, {4.3, .15, .03}}, Click: .25}
}

// SteelTriangle is a struck steel rod.
func SteelTriangle() Voice {
	return Mallet{Partials: []Partial{{1, .5, 2.2}, {1.63, .4, 1.8}, {2.41, .35, 1.5}, {3.3, .2, 1}}}
}
