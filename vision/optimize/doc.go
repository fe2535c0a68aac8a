// Package optimize rewrites model files offline.
//
// [ClassToken] makes a vision transformer compute its last layer for the class token only. CLIP reads nothing else out of
// that layer, yet a plain export computes it for every patch: queries, attention, and the two large matrices behind it.
// Keys and values of all patches are still needed. The result is the same up to the order of additions.
//
// The rewrite knows no template. It finds the node that picks the token behind the last attention, and moves the pick
// towards the input, through every operator that treats positions alike, for as long as nobody needs the other positions.
package optimize
