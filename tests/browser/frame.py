"""What the theme's frame brings to every page and is not ours to mend: left out when a whole page is checked."""

# Where and why: the bar of the page (its title and the switch of the sidebar stand in no landmark), and the sidebar
# (what scrolls it is a second region of one name).
FRAME = (
    "[x-on\\:click^='sidebarDesktopOpen']",
    "[x-on\\:click^='sidebarMobileOpen']",
    ".min-w-0.grow.font-semibold > h1",
    "#nav-sidebar-apps > .simplebar-wrapper",
)
