module seawall.test/oracle

go 1.26.0
