-- SPDX-License-Identifier: GPL-2.0
-- A table in memory with two indexes: inserts, ranges, joins at random, updates.
create table t(id integer primary key, k integer, name text, note text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 400000)
insert into t select i, (i * 7919) % 400001,
	printf('name %x', i * 2654435761 % 4294967296),
	printf('note %d of %s', i % 97, hex(i)) from n;
create index by_k on t(k);
create index by_name on t(name);
select count(*), sum(length(note)) from t where k between 1000 and 61000;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000)
select sum(t.k), count(*) from n join t on t.k = (n.i * 104729) % 40001;
update t set note = note || ' changed' where k % 10 = 3;
select count(*), sum(length(note)) from t;
select substr(name, 1, 6) s, count(*) c from t group by s order by c desc, s limit 5;
