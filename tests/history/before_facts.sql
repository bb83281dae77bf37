BEGIN TRANSACTION;
CREATE TABLE backoffice_administrator (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	user_id INTEGER NOT NULL, 
	username VARCHAR(64) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	password_hash VARCHAR(128), 
	granted_at DATETIME NOT NULL, 
	granted_by VARCHAR(64), 
	disabled_at DATETIME, password_made_up_at DATETIME, 
	UNIQUE (user_id)
);
INSERT INTO "backoffice_administrator" VALUES(1,1,'susan','administrator',NULL,'2026-11-30 17:42:28.378703',NULL,NULL,NULL);
INSERT INTO "backoffice_administrator" VALUES(2,3,'ada','editor',NULL,'2026-11-30 17:42:30.703083','susan',NULL,NULL);
CREATE TABLE backoffice_alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT backoffice_alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "backoffice_alembic_version" VALUES('0056_search_indexes');
CREATE TABLE backoffice_authenticator (
	administrator_id INTEGER NOT NULL, 
	encrypted_secret VARCHAR(255) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_step BIGINT NOT NULL, 
	PRIMARY KEY (administrator_id), 
	FOREIGN KEY(administrator_id) REFERENCES backoffice_administrator (id) ON DELETE CASCADE
);
CREATE TABLE "backoffice_change" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	operation_id INTEGER NOT NULL, 
	table_name VARCHAR(64) NOT NULL, 
	row_key VARCHAR(190) NOT NULL, 
	action VARCHAR(8) NOT NULL, 
	"before" JSON, 
	"after" JSON, 
	source_id INTEGER
);
INSERT INTO "backoffice_change" VALUES(3,2,'user','2','insert',NULL,'{"id": 2, "username": "john", "email": "john@example.com", "password_hash": null}',NULL);
INSERT INTO "backoffice_change" VALUES(4,3,'user','3','insert',NULL,'{"id": 3, "username": "ada", "email": "ada@example.com", "password_hash": null}',NULL);
INSERT INTO "backoffice_change" VALUES(5,4,'user','4','insert',NULL,NULL,NULL);
INSERT INTO "backoffice_change" VALUES(7,6,'post','2','insert',NULL,'{"id": 2, "body": "hello 1", "timestamp": "2025-02-15 12:00:00.000000", "user_id": 2}',NULL);
INSERT INTO "backoffice_change" VALUES(8,7,'post','3','insert',NULL,'{"id": 3, "body": "hello 2", "timestamp": "2025-03-15 12:00:00.000000", "user_id": 2}',NULL);
INSERT INTO "backoffice_change" VALUES(9,8,'post','4','insert',NULL,'{"id": 4, "body": "hello 3", "timestamp": "2025-04-15 12:00:00.000000", "user_id": 2}',NULL);
INSERT INTO "backoffice_change" VALUES(10,9,'post','5','insert',NULL,'{"id": 5, "body": "hello 4", "timestamp": "2025-05-15 12:00:00.000000", "user_id": 2}',NULL);
INSERT INTO "backoffice_change" VALUES(11,10,'post','6','insert',NULL,'{"id": 6, "body": "hello 5", "timestamp": "2025-06-15 12:00:00.000000", "user_id": 2}',NULL);
INSERT INTO "backoffice_change" VALUES(12,11,'post','7','insert',NULL,'{"id": 7, "body": "na\u00efve, \u201cquoted\u201d; = and (more)", "timestamp": "2025-11-01 00:30:00.000000", "user_id": 3}',NULL);
INSERT INTO "backoffice_change" VALUES(13,12,'post','1','update','{"body": "hello 0"}','{"body": "hello there"}',NULL);
INSERT INTO "backoffice_change" VALUES(14,13,'post','1','update','{"body":"hello there"}','{"body": "hello 0"}',NULL);
INSERT INTO "backoffice_change" VALUES(15,14,'post','1','delete','{"id":1,"body":"hello 0","timestamp":"2025-01-15 12:00:00.000000","user_id":2}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(16,15,'post','2','delete','{"id":2,"body":"hello 1","timestamp":"2025-02-15 12:00:00.000000","user_id":2}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(17,15,'post','3','delete','{"id":3,"body":"hello 2","timestamp":"2025-03-15 12:00:00.000000","user_id":2}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(18,16,'post','2','insert',NULL,NULL,16);
INSERT INTO "backoffice_change" VALUES(19,16,'post','3','insert',NULL,NULL,17);
INSERT INTO "backoffice_change" VALUES(20,17,'post','2','delete',NULL,NULL,16);
INSERT INTO "backoffice_change" VALUES(21,17,'post','3','delete',NULL,NULL,17);
INSERT INTO "backoffice_change" VALUES(22,18,'post','2','insert',NULL,NULL,16);
INSERT INTO "backoffice_change" VALUES(23,18,'post','3','insert',NULL,NULL,17);
INSERT INTO "backoffice_change" VALUES(24,19,'post','2','delete','{"id":2,"body":"hello 1","timestamp":"2025-02-15 12:00:00.000000","user_id":2}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(25,19,'post','3','delete','{"id":3,"body":"hello 2","timestamp":"2025-03-15 12:00:00.000000","user_id":2}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(26,19,'post','4','delete','{"id":4,"body":"hello 3","timestamp":"2025-04-15 12:00:00.000000","user_id":2}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(27,19,'post','5','delete','{"id":5,"body":"hello 4","timestamp":"2025-05-15 12:00:00.000000","user_id":2}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(28,20,'post','2','insert',NULL,NULL,24);
INSERT INTO "backoffice_change" VALUES(29,20,'post','3','insert',NULL,NULL,25);
INSERT INTO "backoffice_change" VALUES(30,20,'post','4','insert',NULL,NULL,26);
INSERT INTO "backoffice_change" VALUES(31,20,'post','5','insert',NULL,NULL,27);
INSERT INTO "backoffice_change" VALUES(32,21,'post','8','insert',NULL,'{"id": 8, "body": "one of now", "timestamp": "2026-11-30 17:42:29.957924", "user_id": null}',NULL);
INSERT INTO "backoffice_change" VALUES(33,22,'post','9','insert',NULL,'{"id": 9, "body": "two of now", "timestamp": "2026-11-30 17:42:29.983752", "user_id": null}',NULL);
INSERT INTO "backoffice_change" VALUES(34,23,'post','8','delete','{"id":8,"body":"one of now","timestamp":"2026-11-30 17:42:29.957924","user_id":null}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(35,23,'post','9','delete','{"id":9,"body":"two of now","timestamp":"2026-11-30 17:42:29.983752","user_id":null}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(36,24,'post','7','delete','{"id":7,"body":"naïve, “quoted”; = and (more)","timestamp":"2025-11-01 00:30:00.000000","user_id":3}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(37,25,'post','2','update','{"user_id":2}','{"user_id": 3}',NULL);
INSERT INTO "backoffice_change" VALUES(38,25,'post','3','update','{"user_id":2}','{"user_id": 3}',NULL);
INSERT INTO "backoffice_change" VALUES(39,25,'post','4','update','{"user_id":2}','{"user_id": 3}',NULL);
INSERT INTO "backoffice_change" VALUES(40,25,'post','5','update','{"user_id":2}','{"user_id": 3}',NULL);
INSERT INTO "backoffice_change" VALUES(41,25,'post','6','update','{"user_id":2}','{"user_id": 3}',NULL);
INSERT INTO "backoffice_change" VALUES(42,26,'post','2','update','{"user_id": 3}','{"user_id":2}',NULL);
INSERT INTO "backoffice_change" VALUES(43,26,'post','3','update','{"user_id": 3}','{"user_id":2}',NULL);
INSERT INTO "backoffice_change" VALUES(44,26,'post','4','update','{"user_id": 3}','{"user_id":2}',NULL);
INSERT INTO "backoffice_change" VALUES(45,26,'post','5','update','{"user_id": 3}','{"user_id":2}',NULL);
INSERT INTO "backoffice_change" VALUES(46,26,'post','6','update','{"user_id": 3}','{"user_id":2}',NULL);
INSERT INTO "backoffice_change" VALUES(47,27,'post','7','insert',NULL,NULL,36);
INSERT INTO "backoffice_change" VALUES(48,28,'backoffice_administrator','2','insert',NULL,'{"id": 2, "user_id": 3, "username": "ada", "role": "viewer", "password_hash": null, "granted_at": "2026-11-30 17:42:30.703083", "granted_by": "susan", "disabled_at": null, "password_made_up_at": null}',NULL);
INSERT INTO "backoffice_change" VALUES(49,29,'backoffice_administrator','2','update','{"disabled_at": null}','{"disabled_at": "2026-11-30 17:42:30.916425"}',NULL);
INSERT INTO "backoffice_change" VALUES(50,30,'backoffice_administrator','2','update','{"disabled_at": "2026-11-30 17:42:30.916425"}','{"disabled_at": null}',NULL);
INSERT INTO "backoffice_change" VALUES(51,31,'backoffice_administrator','2','update','{"role": "viewer"}','{"role": "editor"}',NULL);
INSERT INTO "backoffice_change" VALUES(52,32,'backoffice_administrator','2','delete','{"id": 2, "user_id": 3, "username": "ada", "role": "editor", "password_hash": null, "granted_at": "2026-11-30 17:42:30.703083", "granted_by": "susan", "disabled_at": null, "password_made_up_at": null}',NULL,NULL);
INSERT INTO "backoffice_change" VALUES(53,33,'backoffice_administrator','2','insert',NULL,NULL,52);
INSERT INTO "backoffice_change" VALUES(54,34,'user','2','update','{"password_hash": null}','{"password_hash": "$2b$04$iHLO5mGDxRR2TJ/Z24UhI.zWDRJmASWJNiWwNN5bPzMqIyAfl2qV6"}',NULL);
INSERT INTO "backoffice_change" VALUES(55,35,'user','2','update','{"password_hash": "$2b$04$iHLO5mGDxRR2TJ/Z24UhI.zWDRJmASWJNiWwNN5bPzMqIyAfl2qV6"}','{"password_hash": null}',NULL);
INSERT INTO "backoffice_change" VALUES(56,36,'user','2','update','{"password_hash": null}','{"password_hash": "$2b$04$Z2ZwHH6T4QrOUZVa7fe7WeNGXwrVdP3PYNoajKimEruLmyc5EDKIO"}',NULL);
INSERT INTO "backoffice_change" VALUES(57,38,'backoffice_administrator','1','update','{"role": "administrator"}','{"role": "viewer"}',NULL);
INSERT INTO "backoffice_change" VALUES(58,39,'backoffice_administrator','1','update','{"role": "viewer"}','{"role": "administrator"}',NULL);
CREATE TABLE backoffice_draft (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	administrator_id INTEGER NOT NULL, 
	table_name VARCHAR(64) NOT NULL, 
	row_key VARCHAR(190) NOT NULL, 
	fields TEXT NOT NULL, 
	shown TEXT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_backoffice_draft_form UNIQUE (administrator_id, table_name, row_key), 
	FOREIGN KEY(administrator_id) REFERENCES backoffice_administrator (id) ON DELETE CASCADE
);
CREATE TABLE backoffice_forgetting (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	operation_id INTEGER NOT NULL, 
	by_id INTEGER NOT NULL, 
	key_id VARCHAR(16), 
	content_digest VARCHAR(64), 
	FOREIGN KEY(by_id) REFERENCES backoffice_operation (id)
);
INSERT INTO "backoffice_forgetting" VALUES(1,1,41,'643f73965e6e','a677e212cf9396e9b6fddcf87b931667580ac2698911dcb70e2c810e74a69284');
INSERT INTO "backoffice_forgetting" VALUES(2,5,41,'643f73965e6e','0e71df62d34792cee3f3b1a4b63ac2c91d4b4253fb853043fe9c20d9e5190092');
INSERT INTO "backoffice_forgetting" VALUES(3,4,42,'643f73965e6e','f75d7f6ba48580f5a610173db78310625aef048c88e2d4a2034192f61baa8ad2');
CREATE TABLE backoffice_known_browser (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	administrator_id INTEGER NOT NULL, 
	token_digest VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_used_at DATETIME NOT NULL, 
	CONSTRAINT uq_backoffice_known_browser UNIQUE (token_digest, administrator_id), 
	FOREIGN KEY(administrator_id) REFERENCES backoffice_administrator (id) ON DELETE CASCADE
);
INSERT INTO "backoffice_known_browser" VALUES(1,1,'5208253a36f82d863807a0a2f15fc8fa6108d9110a6e8d96e01f56cadf609495','2026-11-30 17:42:28.653385','2026-11-30 17:42:28.653385');
CREATE TABLE backoffice_operation (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind VARCHAR(64) NOT NULL, 
	actor_kind VARCHAR(16) NOT NULL, 
	actor_id INTEGER, 
	actor_name VARCHAR(64) NOT NULL, 
	address VARCHAR(45), 
	request_id VARCHAR(36), 
	table_name VARCHAR(64), 
	selection TEXT, 
	expected_rows INTEGER NOT NULL, 
	changed_rows INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	undoes_id INTEGER, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, administrator_id INTEGER, "plan" JSON, report JSON, position INTEGER DEFAULT '0' NOT NULL, began_at DATETIME, heartbeat_at DATETIME, lease_until DATETIME, fence INTEGER DEFAULT '0' NOT NULL, cancel_at DATETIME, cancel_by VARCHAR(64), forgotten_at DATETIME, sealed_at DATETIME, 
	FOREIGN KEY(undoes_id) REFERENCES backoffice_operation (id)
);
INSERT INTO "backoffice_operation" VALUES(1,'user:orm','shell',NULL,'root',NULL,NULL,'user',NULL,2,2,'done',NULL,'2026-01-01 12:00:00.000000','2026-01-01 12:00:00.000000',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,'2026-11-30 17:42:32.680064','2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(2,'user:create','person',1,'susan','127.0.0.1','63de0e26389f4207bfbfe7d0167bd437','user','user john',1,1,'done',NULL,'2026-11-30 17:42:28.710175','2026-11-30 17:42:28.721297',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(3,'user:create','person',1,'susan','127.0.0.1','7a1343cf619443afbd19677c83fc3299','user','user ada',1,1,'done',NULL,'2026-11-30 17:42:28.736756','2026-11-30 17:42:28.745210',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(4,'user:create','person',1,'susan','127.0.0.1','6d832faf49174ba68beab294d73acaec','user',NULL,1,1,'done',NULL,'2026-11-30 17:42:28.760532','2026-11-30 17:42:28.769276',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(5,'post:create','person',1,'susan',NULL,NULL,'post',NULL,1,1,'done',NULL,'2026-01-01 12:00:00.000000','2026-01-01 12:00:00.000000',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,'2026-11-30 17:42:32.680064','2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(6,'post:create','person',1,'susan','127.0.0.1','53a0d68f570f4cb9bd151af5ad658591','post','post hello 1',1,1,'done',NULL,'2026-11-30 17:42:29.009450','2026-11-30 17:42:29.019829',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(7,'post:create','person',1,'susan','127.0.0.1','3f3b52d21495448c9ae71251e27a1cfd','post','post hello 2',1,1,'done',NULL,'2026-11-30 17:42:29.036985','2026-11-30 17:42:29.041776',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(8,'post:create','person',1,'susan','127.0.0.1','20af62b4576e4fe4b72e1bc2c76c6e54','post','post hello 3',1,1,'done',NULL,'2026-11-30 17:42:29.063739','2026-11-30 17:42:29.071609',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(9,'post:create','person',1,'susan','127.0.0.1','9dd1b3627f384d24874936f2f8888b3f','post','post hello 4',1,1,'done',NULL,'2026-11-30 17:42:29.089743','2026-11-30 17:42:29.092947',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(10,'post:create','person',1,'susan','127.0.0.1','a528f555c1904ee2892977dbaa50e484','post','post hello 5',1,1,'done',NULL,'2026-11-30 17:42:29.106067','2026-11-30 17:42:29.108529',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(11,'post:create','person',1,'susan','127.0.0.1','32fe06fa3fa24637bc19d00819ee6b2a','post','post naïve, “quoted”; = and (more)',1,1,'done',NULL,'2026-11-30 17:42:29.120339','2026-11-30 17:42:29.127948',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(12,'post:update','person',1,'susan','127.0.0.1','5abeac8bb7fd4a2498c5fb2bff5c85ca','post','post hello there',1,1,'done',NULL,'2026-11-30 17:42:29.161477','2026-11-30 17:42:29.177716',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(13,'post:put_back','person',1,'susan',NULL,NULL,'post','post hello there',1,1,'done',NULL,'2026-11-30 17:42:29.184653','2026-11-30 17:42:29.198001',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(14,'post:delete','person',1,'susan','127.0.0.1','174de95d93b444e9b91ca2e9e12c01b0','post','post hello 0',1,1,'done',NULL,'2026-11-30 17:42:29.370448','2026-11-30 17:42:29.392389',1,'{"selection": 1, "fates": {}, "acts": {}}',NULL,20000,'2026-11-30 17:42:29.368111',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(15,'post:delete','person',1,'susan','127.0.0.1','efbd3eb74d4f4cdc919b1c050077c5a4','post','2 posts',2,2,'done',NULL,'2026-11-30 17:42:29.467459','2026-11-30 17:42:29.483343',1,'{"selection": 2, "fates": {}, "acts": {}}',NULL,20000,'2026-11-30 17:42:29.466683',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(16,'post:undo','person',1,'susan','127.0.0.1','d42182204d7a496991aa86be18ea896e','post','Deleted 2 posts',2,2,'done',15,'2026-11-30 17:42:29.596146','2026-11-30 17:42:29.613174',1,'{"undoes": 15, "only": [], "leave_out": false}',NULL,16,'2026-11-30 17:42:29.595448',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(17,'post:undo','person',1,'susan','127.0.0.1','1a31a5dae230402bba91d59a21691887','post','Undid: Deleted 2 posts',2,2,'done',16,'2026-11-30 17:42:29.676623','2026-11-30 17:42:29.688686',1,'{"undoes": 16, "only": [], "leave_out": false}',NULL,18,'2026-11-30 17:42:29.675998',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(18,'post:undo','person',1,'susan','127.0.0.1','ad6ce6d86da94ac5941fc081f8e7a869','post','Undid: Undid: Deleted 2 posts',2,2,'done',17,'2026-11-30 17:42:29.724888','2026-11-30 17:42:29.740269',1,'{"undoes": 17, "only": [], "leave_out": false}',NULL,20,'2026-11-30 17:42:29.724161',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(19,'post:delete','person',1,'susan','127.0.0.1','2b5708cd68b6432bae7e377c6faa3f38','post','4 posts (timestamp_before=2025-06-01, author_is=john, search=hello)',4,4,'done',NULL,'2026-11-30 17:42:29.819594','2026-11-30 17:42:29.860261',1,'{"selection": 3, "fates": {}, "acts": {}}',NULL,20000,'2026-11-30 17:42:29.818864',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(20,'post:undo','person',1,'susan','127.0.0.1','93df8d79d8354740a3ffa279dd01c763','post','Deleted 4 posts (timestamp_before=2025-06-01, author_is=john, search=hello)',4,4,'done',19,'2026-11-30 17:42:29.919614','2026-11-30 17:42:29.928502',1,'{"undoes": 19, "only": [], "leave_out": false}',NULL,24,'2026-11-30 17:42:29.913443',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(21,'post:create','person',1,'susan','127.0.0.1','23533ffbf7f240689becfb47b112033a','post','post one of now',1,1,'done',NULL,'2026-11-30 17:42:29.949247','2026-11-30 17:42:29.960832',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(22,'post:create','person',1,'susan','127.0.0.1','87ba21083d0f4c339d1b289332674e1c','post','post two of now',1,1,'done',NULL,'2026-11-30 17:42:29.983196','2026-11-30 17:42:29.987022',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(23,'post:delete','person',1,'susan','127.0.0.1','6a6ad590460243fdae94ead72ed595d0','post','2 posts (timestamp_last_7_days=)',2,2,'done',NULL,'2026-11-30 17:42:30.044238','2026-11-30 17:42:30.072693',1,'{"selection": 4, "fates": {}, "acts": {}}',NULL,20000,'2026-11-30 17:42:30.043396',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(24,'post:delete','person',1,'susan','127.0.0.1','a6a57426006e40ed9115941b02527940','post','post naïve, “quoted”; = and (more)',1,1,'done',NULL,'2026-11-30 17:42:30.173328','2026-11-30 17:42:30.199131',1,'{"selection": 5, "fates": {}, "acts": {}}',NULL,20000,'2026-11-30 17:42:30.172662',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(25,'post:edit','person',1,'susan','127.0.0.1','62508b73af2c4cceaa3cdc5339f43b9f','post','5 posts (all)',5,5,'done',NULL,'2026-11-30 17:42:30.364311','2026-11-30 17:42:30.387799',1,'{"selection": 6, "values": {"user_id": 3}}',NULL,20000,'2026-11-30 17:42:30.363671',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(26,'post:undo','person',1,'susan','127.0.0.1','d58e18fcf37649698bc55f4da031037e','post','Changed 5 posts (all)',5,5,'done',25,'2026-11-30 17:42:30.493140','2026-11-30 17:42:30.520165',1,'{"undoes": 25, "only": [], "leave_out": false}',NULL,37,'2026-11-30 17:42:30.492513',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(27,'post:undo','person',1,'susan','127.0.0.1','3a72f0fcee7a40229cc13b5976256864','post','publicación naïve, “quoted”; = and (more)',1,1,'done',24,'2026-11-30 17:42:30.637375','2026-11-30 17:42:30.652768',1,'{"undoes": 24, "only": [36], "leave_out": false}',NULL,36,'2026-11-30 17:42:30.636790',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(28,'administrator:grant','person',1,'susan','127.0.0.1','33a4e33fedbc4c62b82a10dd73401e8a','backoffice_administrator','administrator ada',1,1,'done',NULL,'2026-11-30 17:42:30.693315','2026-11-30 17:42:30.713311',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(29,'administrator:disable','person',1,'susan','127.0.0.1','f95196a596444f4ab98badaab0d56be5','backoffice_administrator','administrator ada',1,1,'done',NULL,'2026-11-30 17:42:30.885426','2026-11-30 17:42:30.932289',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(30,'administrator:enable','person',1,'susan','127.0.0.1','f42e9aa3947d4073aa21a3d8c249f603','backoffice_administrator','administrator ada',1,1,'done',NULL,'2026-11-30 17:42:30.961605','2026-11-30 17:42:30.971303',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(31,'administrator:role','person',1,'susan','127.0.0.1','48d9ca02bc41486db45b5e863a6540c9','backoffice_administrator','administrator ada',1,1,'done',NULL,'2026-11-30 17:42:31.025729','2026-11-30 17:42:31.035231',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(32,'administrator:revoke','person',1,'susan','127.0.0.1','5073d822592a468f81e1c973b1d2574a','backoffice_administrator','administrator ada',1,1,'done',NULL,'2026-11-30 17:42:31.087819','2026-11-30 17:42:31.097930',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(33,'backoffice_administrator:undo','person',1,'susan','127.0.0.1','64b6db8c8e30467587599d6f0af7e655','backoffice_administrator','Took access from administrator ada',1,1,'done',32,'2026-11-30 17:42:31.187768','2026-11-30 17:42:31.206284',1,'{"undoes": 32, "only": [], "leave_out": false}',NULL,52,'2026-11-30 17:42:31.187152',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(34,'user:password:change','person',1,'susan','127.0.0.1','86b3efba86b64c05bbce96f13ec6ac34','user','user john',1,1,'done',NULL,'2026-11-30 17:42:31.321349','2026-11-30 17:42:31.331377',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(35,'user:undo','person',1,'susan','127.0.0.1','22075eac108440ceadc7f21da5f86ea6','user','Set a password',1,1,'done',34,'2026-11-30 17:42:31.448539','2026-11-30 17:42:31.475845',1,'{"undoes": 34, "only": [], "leave_out": false}',NULL,54,'2026-11-30 17:42:31.447830',NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(36,'user:password:change','person',2,'john','127.0.0.1','133894e8955f4a238bd7ffbe993eb9cd','user','user john, with a link from susan',1,1,'done',NULL,'2026-11-30 17:42:31.604575','2026-11-30 17:42:31.610773',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(37,'post:delete','person',1,'susan',NULL,NULL,'post','6 posts (timestamp_before=2030-01-01)',6,0,'failed',NULL,'2026-11-30 17:42:31.656061','2026-11-30 17:42:32.475134',1,'{"selection": 7, "fates": {}, "acts": {}}','{"error": "Your role does not allow this."}',0,NULL,'2026-11-30 17:42:32.475143',NULL,1,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(38,'backoffice_administrator:orm','shell',NULL,'root',NULL,NULL,'backoffice_administrator',NULL,1,1,'done',NULL,'2026-11-30 17:42:32.453121','2026-11-30 17:42:32.444215',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(39,'backoffice_administrator:orm','shell',NULL,'root',NULL,NULL,'backoffice_administrator',NULL,1,1,'done',NULL,'2026-11-30 17:42:32.485521','2026-11-30 17:42:32.484871',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(40,'seed','command',NULL,'manage.py seed',NULL,NULL,NULL,'1 users, 2 posts',3,3,'done',NULL,'2026-11-30 17:42:32.503547','2026-11-30 17:42:32.544946',NULL,NULL,NULL,0,NULL,NULL,NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.581472');
INSERT INTO "backoffice_operation" VALUES(41,'history:purge','command',NULL,'manage.py history purge',NULL,NULL,NULL,'what ended before 2026-09-01 17:42',3,3,'done',NULL,'2026-11-30 17:42:32.618280','2026-11-30 17:42:32.780161',NULL,'{"older_than": "2026-09-01T17:42:32.596156", "left": []}',NULL,5,'2026-11-30 17:42:32.640569','2026-11-30 17:42:32.780174',NULL,1,NULL,NULL,NULL,'2026-11-30 17:42:32.815721');
INSERT INTO "backoffice_operation" VALUES(42,'history:forget','command',NULL,'manage.py history forget',NULL,NULL,'user','user 4',1,1,'done',NULL,'2026-11-30 17:42:32.875294','2026-11-30 17:42:32.980389',NULL,'{"table": "user", "key": "4", "also": []}',NULL,0,'2026-11-30 17:42:32.875599','2026-11-30 17:42:32.980372',NULL,0,NULL,NULL,NULL,'2026-11-30 17:42:32.999822');
CREATE TABLE backoffice_passkey (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	administrator_id INTEGER NOT NULL, 
	credential_id BLOB NOT NULL, 
	credential_digest VARCHAR(64) NOT NULL, 
	public_key BLOB NOT NULL, 
	sign_count BIGINT NOT NULL, 
	user_handle VARCHAR(64) NOT NULL, 
	transports VARCHAR(100), 
	name VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_used_at DATETIME, 
	FOREIGN KEY(administrator_id) REFERENCES backoffice_administrator (id) ON DELETE CASCADE, 
	UNIQUE (credential_digest)
);
CREATE TABLE backoffice_password_link (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	token_digest VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	username VARCHAR(64) NOT NULL, 
	password_digest VARCHAR(64) NOT NULL, 
	made_by VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	used_at DATETIME, 
	UNIQUE (token_digest)
);
INSERT INTO "backoffice_password_link" VALUES(2,'271ef2d3b78288361ccb39618d2a83209ca5d81d0259bef0608c16193dcb6fc8',2,'john','046540f49ce5da803e1e8825cd7d9c1dd46ed50a35e57e4ba8964e403d1d9ab4','susan','2026-11-30 17:42:31.516602','2026-11-30 17:42:31.609957');
CREATE TABLE backoffice_preference (
	administrator_id INTEGER NOT NULL, 
	time_zone VARCHAR(64), 
	language VARCHAR(20), 
	PRIMARY KEY (administrator_id), 
	FOREIGN KEY(administrator_id) REFERENCES backoffice_administrator (id) ON DELETE CASCADE
);
CREATE TABLE backoffice_recovery_code (
	administrator_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	used_at DATETIME, 
	PRIMARY KEY (administrator_id, digest), 
	FOREIGN KEY(administrator_id) REFERENCES backoffice_administrator (id) ON DELETE CASCADE
);
CREATE TABLE backoffice_seal (
	position INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	sealed_at DATETIME NOT NULL, 
	key_id VARCHAR(16) NOT NULL, 
	content_digest VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (operation_id)
);
INSERT INTO "backoffice_seal" VALUES(1,1,'2026-11-30 17:42:32.581472','643f73965e6e','d0e6c3507b4a6890c3aee1ef645ef55c69392474dc29b91e505758d0203bd866','a649fffa9f484be7a3e584366b11f21393f155986d59a3c1c69d1f77868fe78f');
INSERT INTO "backoffice_seal" VALUES(2,5,'2026-11-30 17:42:32.581472','643f73965e6e','95a9104880f7e5fa8143c61f646a982f70390eac3bfa8ccb539cfcec650a21af','7ba58bf38ea5c408f6993c27f80f562be1cccc210866594ebb1714a509b00e7d');
INSERT INTO "backoffice_seal" VALUES(3,2,'2026-11-30 17:42:32.581472','643f73965e6e','5264c15647f3072dfcab4c5aaa21a95f5d0f5092d985a8adfbefec415dd577f2','469036594d596d574d0318cf82c933ca3918f09a6b25725fc1f7f42ea57fd8d8');
INSERT INTO "backoffice_seal" VALUES(4,3,'2026-11-30 17:42:32.581472','643f73965e6e','731fbba1bacb63e6edb51cac87a3bf52280ffec1cd0338092f169211afcda2b9','2aacc4a357b0373be83b90bbc1ed492bf39706631ee3533724a53913bf1a9bbe');
INSERT INTO "backoffice_seal" VALUES(5,4,'2026-11-30 17:42:32.581472','643f73965e6e','02fb1d395d7d3cabff2a960bdaa14b79e8739303a403843ae3175cbcb8d2ffc4','a0b6add845c85b0f4fe4ff9291ca9a497222f56f176e7a0b421d0eeb1a2a26f0');
INSERT INTO "backoffice_seal" VALUES(6,6,'2026-11-30 17:42:32.581472','643f73965e6e','e642593554aa496269dd40470699818642b2d82e5c0f455f92dd616d6a0a0ebe','8106f78c2ea5ed5cbd24cbf1f6a54e66dd45835c9c573fd9c5d2ec5e0164c049');
INSERT INTO "backoffice_seal" VALUES(7,7,'2026-11-30 17:42:32.581472','643f73965e6e','2a6707f8c6668e8d31621ba2598de523fa54a028224b77ea2d14686f68358c0e','1d4b6baaebe03bb8af1afaf634964501d5fbc86eae10bf2252a2c942c08b0183');
INSERT INTO "backoffice_seal" VALUES(8,8,'2026-11-30 17:42:32.581472','643f73965e6e','8812e3bfe77b0c9d04697f0838126261945916c3cf9418ff120e63e0fde2fca3','4b74274697d24fb30bd008fc7873d078fbc5834a662f9108607e3aca0d0597a5');
INSERT INTO "backoffice_seal" VALUES(9,9,'2026-11-30 17:42:32.581472','643f73965e6e','89cffa193d18116bfb2d39f6e2dbde9f8171f9ab0d2a5cbdc4733bcc69b60413','45b423cbd4c7201edd1e8e021f2a7512c847ed6f76333e1d3335d144c4db508a');
INSERT INTO "backoffice_seal" VALUES(10,10,'2026-11-30 17:42:32.581472','643f73965e6e','272854485648bd90f5f37ef6f052be91aa5e1f308b12485463b11785b5e4342b','30ace206f276a2a881a9d4e9c0bfc7a02d1db94d285cdaadbc950d5ec129253a');
INSERT INTO "backoffice_seal" VALUES(11,11,'2026-11-30 17:42:32.581472','643f73965e6e','d6a4e9d36247020fb45d2d3f6dde2ee5c260fad47da4e571b48198a0c766dfde','8d7c8abc448b8bf25a5777ba2db964488fdda229d0963e16d17696c7b00cbdc5');
INSERT INTO "backoffice_seal" VALUES(12,12,'2026-11-30 17:42:32.581472','643f73965e6e','261ea4402842b5d3035466e5eac1b7055bdc3e1fbe0a2802ce900c39d4669317','f9ea347da8c8aae837be56648199a10398ca474b8fe3addb728bf241be3cf4c1');
INSERT INTO "backoffice_seal" VALUES(13,13,'2026-11-30 17:42:32.581472','643f73965e6e','2e5d6c393edcea34fb39e0c761c26fed7d8645f73ea9b74b58e350518f329724','83ce3ec544138e69a90a6e9e61b417df2f15000ff524877c6b78c115b09d3d33');
INSERT INTO "backoffice_seal" VALUES(14,14,'2026-11-30 17:42:32.581472','643f73965e6e','03750503298bfd737545062859d594da63c4355d084d0f2b205dfb6ac302122d','f72cf07012d02c349df795840cc27b73a1a4fa4123fe799eaeea476729042b2f');
INSERT INTO "backoffice_seal" VALUES(15,15,'2026-11-30 17:42:32.581472','643f73965e6e','e7e1547cd293ad71f3335518f1800e0f11d33b7dfd25d20c2a4ec63b019beced','c7f08f1561cdb625bf6f74b6600179bf0406e5c464765191a7e7a7b52f145bd0');
INSERT INTO "backoffice_seal" VALUES(16,16,'2026-11-30 17:42:32.581472','643f73965e6e','7b886d2172714db220986fbacf190b62248226b1004ffff18258373a6dc50d0a','8efe8d23b2ce95ffa6019a3b05a0ad8de3a9a43f37b3eea8433c401e61a117c3');
INSERT INTO "backoffice_seal" VALUES(17,17,'2026-11-30 17:42:32.581472','643f73965e6e','e7120bf429ab0a44974292bde22d10d62527e44717d413c3f32a5c3f225fc3f9','ee029b8329b2c0cdfc2a9b10c5d4d8375895f5d9de8be304744f7be55291fb9e');
INSERT INTO "backoffice_seal" VALUES(18,18,'2026-11-30 17:42:32.581472','643f73965e6e','043511b3c1075185f27672604425e535f62d525d86106761a9da4fe2c8113c3c','a2a88997636b7cde079fa37c6baf186f452685f059e536d52c4c97e534651526');
INSERT INTO "backoffice_seal" VALUES(19,19,'2026-11-30 17:42:32.581472','643f73965e6e','2d33c89fc73a4f8ad1521f550ac7d4cae44b6cee233a3f966bafa67550532e83','118fcec066e7c65f1e3358403dc3db5906a6448fde754bed90d61fcc2d69ec46');
INSERT INTO "backoffice_seal" VALUES(20,20,'2026-11-30 17:42:32.581472','643f73965e6e','768164aead83fe7abe8d3e473eb586e4beb839e8c88853e784776a3c9be2ba99','09c4cbdcf29d1455e7221ef6e5ef39b12f48adc90d0b08212aada3e5f5da2105');
INSERT INTO "backoffice_seal" VALUES(21,21,'2026-11-30 17:42:32.581472','643f73965e6e','85f564fcf239b1298cc28bc7f4cf0f5a7e435ee00a81159e6e2836e7a7c2fde2','7f0b57f2818eec52f6e3183781cac1b4ea4ec8a26da8349745fd866cb865fc05');
INSERT INTO "backoffice_seal" VALUES(22,22,'2026-11-30 17:42:32.581472','643f73965e6e','c78ac0171129111db19d175f9c88c2f54ec52fc475536cde403ed35850803f38','8594406f591999ef62e82bb103734a547c483835d9bad21c91b6dd1b310abe81');
INSERT INTO "backoffice_seal" VALUES(23,23,'2026-11-30 17:42:32.581472','643f73965e6e','bebba939e065b6976f40b4006e609867c2059007982a416659d599d4c1266f4b','1c1ebecd06666dec16bf6c1978faaacc2649e421b26f103e02e67393068e1e58');
INSERT INTO "backoffice_seal" VALUES(24,24,'2026-11-30 17:42:32.581472','643f73965e6e','16b1d04bbc78fdfca7e6128ed30e45f7b3ca6bb82511482733ab8476a5a14e00','20b85a244f8c9424246ba73c5a2e7a7171e439af445f10be7874573645bf3c94');
INSERT INTO "backoffice_seal" VALUES(25,25,'2026-11-30 17:42:32.581472','643f73965e6e','68c93314482ab8c3f9668e0c8c0d4608ac4c7d216df08ef4a3a61ec11c82e4d9','99df6142d176f9cd9d89ac95f22350c678ab5942c0aa4721edfcc936615fe754');
INSERT INTO "backoffice_seal" VALUES(26,26,'2026-11-30 17:42:32.581472','643f73965e6e','78f16698671307c68f7fb6e0f6150c37a7d38d44daeb0e2165e16697ae673a57','d9543182a8e2925116d961fc8dbb411150419cb528c318864cd267a11f93ee5b');
INSERT INTO "backoffice_seal" VALUES(27,27,'2026-11-30 17:42:32.581472','643f73965e6e','ccd00ff06e182381f8f3c2d2ee99ae6349f859a6bc0afaecf894e4820fc3525a','aa5db1e356ed1b6fd939a1751cb891e4abe71918b5c6cbcb2a143c4dc1dfd965');
INSERT INTO "backoffice_seal" VALUES(28,28,'2026-11-30 17:42:32.581472','643f73965e6e','95c020486adf40afbcc2bff31b5cc0b91c04cafd12393185ab09bfc32b7b5a2d','c41667b04ac8efc2b7c8df2b298260d4dd2df59ee4f12a10800c2176242422cb');
INSERT INTO "backoffice_seal" VALUES(29,29,'2026-11-30 17:42:32.581472','643f73965e6e','ecf5293212c15e3ba7174e1a2e2e401f7312b58ac91d62b7ed5b3d2159022d1a','3a22c7d9cf56a69e67fb8d5a45b6b4d077a42c690ed973327c7da7c2f466ef7f');
INSERT INTO "backoffice_seal" VALUES(30,30,'2026-11-30 17:42:32.581472','643f73965e6e','a82b016b3b0ecefc4fc6da7eb43797afc4189270eeadd44c6986120d8dbc03b2','558ca24fd0d785b78a8e31ac39c081475d84b64b0e494c7a5afd697cf6bb8cac');
INSERT INTO "backoffice_seal" VALUES(31,31,'2026-11-30 17:42:32.581472','643f73965e6e','b371e1fade4f22f09887bd296dfc36ae94b2a489a39417c422523eb338ac10df','708f6d910772a4f4b7ed27b445539da78688638aceb9492b1edc96a043042e86');
INSERT INTO "backoffice_seal" VALUES(32,32,'2026-11-30 17:42:32.581472','643f73965e6e','8c10a8fc477c665eb8dfc5e0abdbea3aa0b2301d3f72345d0c39adc5704d86fa','a907f48d3c97f2e8b315be3b2552b64b2b9bb7527e8537c533d728cac649bcc2');
INSERT INTO "backoffice_seal" VALUES(33,33,'2026-11-30 17:42:32.581472','643f73965e6e','d8d44f3d8e44b29dc60550c0420d220c7856149bd915cc01b1d0be4ece144023','ad365ef805bd74b7b659ca55fd8589ad4160a9f83400fceeea531d8cda8689bf');
INSERT INTO "backoffice_seal" VALUES(34,34,'2026-11-30 17:42:32.581472','643f73965e6e','5d2dd6fc617d30cc9f873ac1949089f7f1c684e6b15fffcaf0d407438cff2cc0','cc8aa8771084ad522c8c797e7b93142d2b1592a6e114dc1844caf29d4c81d393');
INSERT INTO "backoffice_seal" VALUES(35,35,'2026-11-30 17:42:32.581472','643f73965e6e','aff656d63a10bd9c0bfad566f4c08666c0b4268615c8de3d23996adf20d6d988','4b4d7fef2a5020b64dd8a386fe888e6b100c42a945f50944a6310b1e4e4527dd');
INSERT INTO "backoffice_seal" VALUES(36,36,'2026-11-30 17:42:32.581472','643f73965e6e','7bd49232450c6f0ba528d3260c4fa9da4df4af45c5f3402a21466e39461466c1','0b83822a8e99c9c6817f79db5fb9e91975591c54308e229327b7cd806fba47db');
INSERT INTO "backoffice_seal" VALUES(37,38,'2026-11-30 17:42:32.581472','643f73965e6e','f3ecd12985517909058ba857dfdb3e7957ed693a7034a5e2ca8824b286ae80e0','00422a0bde369dd19b73aadaa7f64089f8a72e46ad253d24361baa951b5dc5d8');
INSERT INTO "backoffice_seal" VALUES(38,37,'2026-11-30 17:42:32.581472','643f73965e6e','b55b4858cf14c6e0878314988b054cb8efb81aab47d6eab86e808802fe34c802','39f5a101c68006b02e0a522a64ca2f9ba6d9d4a24538ce322eb1d856fcf673ff');
INSERT INTO "backoffice_seal" VALUES(39,39,'2026-11-30 17:42:32.581472','643f73965e6e','fcc86370058479c08cfadf8bc0b071e09bd8e1c019ba50bb7f3a6d4dc3894c56','4a0a134439a58eb561ddb1c754f673934675d517674438236f4256aba9002e73');
INSERT INTO "backoffice_seal" VALUES(40,40,'2026-11-30 17:42:32.581472','643f73965e6e','9f3bebe9379314f7cce462ca6fd9c519da6f59d533590dbca3e8b0c0cc77b7d9','0ef8cb09b21758e7495e1efc4a399d0bcf3fa59fa3fd3e9f27806a8251ee25d9');
INSERT INTO "backoffice_seal" VALUES(41,41,'2026-11-30 17:42:32.815721','643f73965e6e','f36cf7fea1145e54f1dd525bc431eea0bd6e81d227643fd7112e1febc3cae618','e605ecb78dcebceee374b2d563487d530ab6df2c7ad63061ed7868d52459aac5');
INSERT INTO "backoffice_seal" VALUES(42,42,'2026-11-30 17:42:32.999822','643f73965e6e','f4c60457e052ee624ceb4b103c72a1b6ae5b32aef88ab7829f3fccc9093b4018','879a9a4a602c4ee01e733530ee41f73bd7de208f59fa92491f42e01f8511e412');
CREATE TABLE backoffice_security_event (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	administrator_id INTEGER, 
	name VARCHAR(64), 
	address VARCHAR(45), 
	request_id VARCHAR(32), 
	facts TEXT NOT NULL
);
INSERT INTO "backoffice_security_event" VALUES(1,'2026-11-30 17:42:28.655666','sign-in:succeeded',1,'susan','127.0.0.1','11c1624dde554477b3621a794c90735d','{"page": "POST /login", "method": "password"}');
INSERT INTO "backoffice_security_event" VALUES(2,'2026-11-30 17:42:30.737104','administrator:granted',2,'ada','127.0.0.1','33a4e33fedbc4c62b82a10dd73401e8a','{"role": "viewer", "by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(3,'2026-11-30 17:42:30.766708','password-link:made',2,'ada','127.0.0.1','33a4e33fedbc4c62b82a10dd73401e8a','{"by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(4,'2026-11-30 17:42:30.932926','administrator:disabled',2,'ada','127.0.0.1','f95196a596444f4ab98badaab0d56be5','{"by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(5,'2026-11-30 17:42:30.987325','administrator:enabled',2,'ada','127.0.0.1','f42e9aa3947d4073aa21a3d8c249f603','{"by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(6,'2026-11-30 17:42:31.049222','administrator:role-changed',2,'ada','127.0.0.1','48d9ca02bc41486db45b5e863a6540c9','{"by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(7,'2026-11-30 17:42:31.112055','administrator:revoked',2,'ada','127.0.0.1','5073d822592a468f81e1c973b1d2574a','{"by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(8,'2026-11-30 17:42:31.352139','password:changed',NULL,'john','127.0.0.1','86b3efba86b64c05bbce96f13ec6ac34','{"by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(9,'2026-11-30 17:42:31.517295','password-link:made',NULL,'john','127.0.0.1','4ef0cd83ba0b4a73895b661fb2e23e17','{"by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(10,'2026-11-30 17:42:31.623179','password-link:used',NULL,'john','127.0.0.1','133894e8955f4a238bd7ffbe993eb9cd','{"made_by": "susan"}');
INSERT INTO "backoffice_security_event" VALUES(11,'2026-11-30 17:42:31.624045','password:changed',NULL,'john','127.0.0.1','133894e8955f4a238bd7ffbe993eb9cd','{}');
CREATE TABLE backoffice_selection (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	token VARCHAR(43) NOT NULL, 
	administrator_id INTEGER NOT NULL, 
	table_name VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	operation_id INTEGER, matching JSON, rows INTEGER DEFAULT '0' NOT NULL, frozen_at DATETIME, lease_until DATETIME, 
	UNIQUE (token), 
	FOREIGN KEY(administrator_id) REFERENCES backoffice_administrator (id) ON DELETE CASCADE, 
	FOREIGN KEY(operation_id) REFERENCES backoffice_operation (id) ON DELETE SET NULL
);
INSERT INTO "backoffice_selection" VALUES(1,'aaGThEuuvhjtgIlcIumFlhZ_eH0vIGhwm7dvTaktDOA',1,'post','2026-11-30 17:42:29.327687',14,NULL,1,'2026-11-30 17:42:29.324993',NULL);
INSERT INTO "backoffice_selection" VALUES(2,'Q-gNRIJIJn2McGB5VMkOahvywu4YfoYnItjY33ZvlNA',1,'post','2026-11-30 17:42:29.428645',15,NULL,2,'2026-11-30 17:42:29.428413',NULL);
INSERT INTO "backoffice_selection" VALUES(3,'1_OeVdXcgrGDsQgH0nxtZFR6W5-W-vugdyCzdAmoG9c',1,'post','2026-11-30 17:42:29.776880',19,'{"filters": [["timestamp_before", "2025-06-01"], ["author_is", "john"]], "search": "hello", "zone": "UTC"}',4,'2026-11-30 17:42:29.777415',NULL);
INSERT INTO "backoffice_selection" VALUES(4,'5mYumqptSnYexpW3rW2_CO-MFcvsZhUmq7vCJP0BsT0',1,'post','2026-11-30 17:42:30.005060',23,'{"filters": [["timestamp_last_7_days", ""]], "search": "", "zone": "UTC"}',2,'2026-11-30 17:42:30.005576',NULL);
INSERT INTO "backoffice_selection" VALUES(5,'h-sjQtyiTZgaDMzXIMIPk7X5xn5ttePJJns1e7VIM3M',1,'post','2026-11-30 17:42:30.133911',24,'{"filters": [["timestamp_between", "2025-11-01..2025-11-02T10:00"]], "search": "", "zone": "UTC"}',1,'2026-11-30 17:42:30.139257',NULL);
INSERT INTO "backoffice_selection" VALUES(6,'XukTWKLDiRQQBCQJ1QVg88Yf4tLPT6Gr246CfmAo4YU',1,'post','2026-11-30 17:42:30.244507',25,'{"filters": [], "search": "", "zone": "UTC"}',5,'2026-11-30 17:42:30.245252',NULL);
INSERT INTO "backoffice_selection" VALUES(7,'FJjBIjFOmEqLaQXNsaDfIOOgfroCAHKaQDpDK2WsIZU',1,'post','2026-11-30 17:42:31.632801',37,'{"filters": [["timestamp_before", "2030-01-01"]], "search": "", "zone": "Europe/Madrid"}',6,'2026-11-30 17:42:31.633295',NULL);
CREATE TABLE backoffice_selection_page (
	selection_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	keys JSON NOT NULL, 
	versions JSON, 
	PRIMARY KEY (selection_id, number), 
	FOREIGN KEY(selection_id) REFERENCES backoffice_selection (id) ON DELETE CASCADE
);
INSERT INTO "backoffice_selection_page" VALUES(1,0,'[1]','{"1": "list-b096af76c8789c22"}');
INSERT INTO "backoffice_selection_page" VALUES(2,0,'[2, 3]','{"2": "list-df53f5f5fd1aac4a", "3": "list-a8ba3d9ac879eb88"}');
INSERT INTO "backoffice_selection_page" VALUES(3,0,'[2, 3, 4, 5]',NULL);
INSERT INTO "backoffice_selection_page" VALUES(4,0,'[8, 9]',NULL);
INSERT INTO "backoffice_selection_page" VALUES(5,0,'[7]',NULL);
INSERT INTO "backoffice_selection_page" VALUES(6,0,'[2, 3, 4, 5, 6]',NULL);
INSERT INTO "backoffice_selection_page" VALUES(7,0,'[2, 3, 4, 5, 6, 7]',NULL);
CREATE TABLE backoffice_sign_in (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	administrator_id INTEGER NOT NULL, 
	token_digest VARCHAR(64) NOT NULL, 
	address VARCHAR(45), 
	user_agent VARCHAR(255), 
	remembered BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen_at DATETIME NOT NULL, 
	ended_at DATETIME, proved_at DATETIME, method VARCHAR(20), 
	FOREIGN KEY(administrator_id) REFERENCES backoffice_administrator (id) ON DELETE CASCADE, 
	UNIQUE (token_digest)
);
INSERT INTO "backoffice_sign_in" VALUES(1,1,'a3d5ac32a2e85dec3a60cc7e5a6e7c083c4a755c55bd3ab535b4ccbeb70fc62a','127.0.0.1','Werkzeug/3.1.9',0,'2026-11-30 17:42:28.650425','2026-11-30 17:42:28.650434',NULL,'2026-11-30 17:42:28.650437','password');
CREATE TABLE backoffice_table_origin (
	table_name VARCHAR(64) NOT NULL, 
	adopted BOOLEAN NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (table_name)
);
INSERT INTO "backoffice_table_origin" VALUES('user',0,'2026-11-30 17:42:28.156727');
INSERT INTO "backoffice_table_origin" VALUES('post',0,'2026-11-30 17:42:28.157071');
CREATE TABLE backoffice_throttle (
	limit_name VARCHAR(32) NOT NULL, 
	subject_digest VARCHAR(64) NOT NULL, 
	free_at DATETIME NOT NULL, 
	refused INTEGER NOT NULL, 
	PRIMARY KEY (limit_name, subject_digest)
);
INSERT INTO "backoffice_throttle" VALUES('sign-in:address','12ca17b49af2289436f303e0166030a21e525d266e209267433801a8fd4071a0','2026-11-30 17:42:28.631849',0);
INSERT INTO "backoffice_throttle" VALUES('sign-in:name','b78469618fb15871b9508defd1ff70014747c1f918e4185425c5f2bbea2a4e5d','2026-11-30 17:42:28.631849',0);
INSERT INTO "backoffice_throttle" VALUES('sign-in:name:daily','b78469618fb15871b9508defd1ff70014747c1f918e4185425c5f2bbea2a4e5d','2026-11-30 17:42:28.631849',0);
INSERT INTO "backoffice_throttle" VALUES('password-link','12ca17b49af2289436f303e0166030a21e525d266e209267433801a8fd4071a0','2026-11-30 17:42:31.586582',0);
CREATE TABLE backoffice_used_challenge (
	digest VARCHAR(64) NOT NULL, 
	used_at DATETIME NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE post (
	id INTEGER NOT NULL, 
	body VARCHAR(140), 
	timestamp DATETIME, 
	user_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES user (id)
);
INSERT INTO "post" VALUES(2,'hello 1','2025-02-15 12:00:00.000000',2);
INSERT INTO "post" VALUES(3,'hello 2','2025-03-15 12:00:00.000000',2);
INSERT INTO "post" VALUES(4,'hello 3','2025-04-15 12:00:00.000000',2);
INSERT INTO "post" VALUES(5,'hello 4','2025-05-15 12:00:00.000000',2);
INSERT INTO "post" VALUES(6,'hello 5','2025-06-15 12:00:00.000000',2);
INSERT INTO "post" VALUES(7,'naïve, “quoted”; = and (more)','2025-11-01 00:30:00.000000',3);
INSERT INTO "post" VALUES(8,'Just started a very patient cat with the children in charge.','2022-11-11 05:12:05.749624',5);
INSERT INTO "post" VALUES(9,'The whole family is talking about the orchestra''s open day and it still surprises me.','2025-06-24 16:23:45.941740',5);
CREATE TABLE user (
	id INTEGER NOT NULL, 
	username VARCHAR(64), 
	email VARCHAR(120), 
	password_hash VARCHAR(128), 
	PRIMARY KEY (id)
);
INSERT INTO "user" VALUES(1,'susan','susan@example.com','$2b$04$ZoRR4Q1HNeChDzr0S525c.5e11Y2FexlzfYk9rZCX2pp87rOkWTgy');
INSERT INTO "user" VALUES(2,'john','john@example.com','$2b$04$Z2ZwHH6T4QrOUZVa7fe7WeNGXwrVdP3PYNoajKimEruLmyc5EDKIO');
INSERT INTO "user" VALUES(3,'ada','ada@example.com',NULL);
INSERT INTO "user" VALUES(4,'zoe','zoe@example.com',NULL);
INSERT INTO "user" VALUES(5,'ravi_rossi','ravi_rossi@example.org',NULL);
CREATE UNIQUE INDEX ix_user_username ON user (username);
CREATE UNIQUE INDEX ix_user_email ON user (email);
CREATE INDEX ix_post_timestamp ON post (timestamp);
CREATE INDEX ix_post_user_id ON post (user_id);
CREATE UNIQUE INDEX ix_user_username_lower ON user (lower(username));
CREATE UNIQUE INDEX ix_user_email_lower ON user (lower(email));
CREATE INDEX ix_backoffice_sign_in_administrator_id ON backoffice_sign_in (administrator_id);
CREATE INDEX ix_backoffice_operation_kind ON backoffice_operation (kind);
CREATE INDEX ix_backoffice_operation_actor_name ON backoffice_operation (actor_name);
CREATE INDEX ix_backoffice_operation_table_name ON backoffice_operation (table_name);
CREATE INDEX ix_backoffice_operation_undoes_id ON backoffice_operation (undoes_id);
CREATE INDEX ix_backoffice_operation_started_at ON backoffice_operation (started_at);
CREATE INDEX ix_backoffice_selection_administrator_id ON backoffice_selection (administrator_id);
CREATE INDEX ix_backoffice_selection_created_at ON backoffice_selection (created_at);
CREATE INDEX ix_backoffice_draft_updated_at ON backoffice_draft (updated_at);
CREATE INDEX ix_backoffice_operation_lease_until ON backoffice_operation (lease_until);
CREATE INDEX ix_backoffice_selection_lease_until ON backoffice_selection (lease_until);
CREATE INDEX ix_backoffice_change_row ON backoffice_change (table_name, row_key);
CREATE INDEX ix_backoffice_change_operation_id ON backoffice_change (operation_id);
CREATE INDEX ix_backoffice_operation_unsealed ON backoffice_operation (sealed_at, finished_at);
CREATE INDEX ix_backoffice_forgetting_operation_id ON backoffice_forgetting (operation_id);
CREATE INDEX ix_backoffice_forgetting_by_id ON backoffice_forgetting (by_id);
CREATE INDEX ix_backoffice_throttle_free_at ON backoffice_throttle (free_at);
CREATE INDEX ix_backoffice_security_event_at ON backoffice_security_event (at);
CREATE INDEX ix_backoffice_security_event_of ON backoffice_security_event (administrator_id, at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('backoffice_change',58);
INSERT INTO "sqlite_sequence" VALUES('backoffice_operation',42);
INSERT INTO "sqlite_sequence" VALUES('backoffice_administrator',2);
INSERT INTO "sqlite_sequence" VALUES('backoffice_sign_in',1);
INSERT INTO "sqlite_sequence" VALUES('backoffice_known_browser',1);
INSERT INTO "sqlite_sequence" VALUES('backoffice_security_event',11);
INSERT INTO "sqlite_sequence" VALUES('backoffice_selection',7);
INSERT INTO "sqlite_sequence" VALUES('backoffice_password_link',2);
INSERT INTO "sqlite_sequence" VALUES('backoffice_forgetting',3);
COMMIT;
