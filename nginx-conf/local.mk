# nginx-conf: templates of the server, rendered by nginx-conf/render.sh.
nginxconfdir = $(pkgdatadir)/nginx-conf
dist_nginxconf_DATA = \
	nginx-conf/nginx.conf.in \
	nginx-conf/weir-fastcgi.conf \
	nginx-conf/weir-headers.conf \
	nginx-conf/weir-request.conf \
	nginx-conf/weir-server.conf.in \
	nginx-conf/weir-wait.conf
dist_nginxconf_SCRIPTS = nginx-conf/render.sh
