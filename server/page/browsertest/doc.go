// Package browsertest drives the page in headless Chromium as a person would, against a running server. It needs
//
//	SOUNDTRACK_PAGE_URL     address of the server, which shall have the compact model and its demo tracks
//	SOUNDTRACK_PAGE_PHOTO   a photograph to drop
//	SOUNDTRACK_PAGE_AXE     axe.min.js of axe-core
//	SOUNDTRACK_PAGE_SHOTS   folder for screenshots
//
// and Chromium on the path. Without the address its test is skipped; scripts/test provides all of it.
package browsertest
