"""The engine of Yishen: law, storage, process, cases and the commands around them."""
