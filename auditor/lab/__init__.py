"""An embedded world of nameserver and mail servers, scripted by readable text files."""
