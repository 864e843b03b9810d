"""The review screen: queue, viewer and decision panel."""
