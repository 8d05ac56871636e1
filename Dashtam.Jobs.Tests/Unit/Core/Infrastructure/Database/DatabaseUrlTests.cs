using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Settings;
using Npgsql;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Database;

[Category("Unit")]
internal sealed class DatabaseUrlTests
{
    [TestCase("postgresql://db/jobs", "db", 5432, "jobs", null, null)]
    [TestCase("postgres://db:5433/jobs", "db", 5433, "jobs", null, null)]
    [TestCase("postgresql+asyncpg://user:p%40ss@host:5432/db", "host", 5432, "db", "user", "p@ss")]
    [TestCase("postgresql://user:a%2Fb%3Bc%27%22%25=+d@host/db", "host", 5432, "db", "user", "a/b;c'\"%=+d")]
    [TestCase("postgresql://user:a:b@host/my%20db", "host", 5432, "my db", "user", "a:b")]
    [TestCase("postgresql://user@my_host/db", "my_host", 5432, "db", "user", null)]
    [TestCase("postgresql://[::1]:5433/db", "::1", 5433, "db", null, null)]
    [TestCase("  POSTGRESQL://host/db\n", "host", 5432, "db", null, null)]
    [TestCase("Host=host;Database=db", "host", 5432, "db", null, null)]
    [TestCase("Server=host;Port=5433;Database=db;User Id=user;Password='p;ss'", "host", 5433, "db", "user", "p;ss")]
    public void Both_forms_name_the_same_things(
        string text, string host, int port, string database, string? user, string? password)
    {
        var server = Parse(text);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((server.Host, server.Port, server.Database), Is.EqualTo((host, port, database)));
            Assert.That((server.Username, server.Password), Is.EqualTo((user, password)));
        }
    }

    [TestCase("postgresql://host/db")]
    [TestCase("Host=host;Database=db")]
    public void A_connection_has_the_limits_of_this_service(string text)
    {
        var server = Parse(text, poolSize: 7);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(server.MaxPoolSize, Is.EqualTo(7));
            Assert.That(server.CommandTimeout, Is.EqualTo(60));
            Assert.That(server.NoResetOnClose, Is.True);
            Assert.That(server.ApplicationName, Is.EqualTo("dashtam-jobs"));
        }
    }

    [TestCase("postgresql://host/db")]
    [TestCase("Host=host;Database=db")]
    public void Nothing_is_asked_for_at_the_sessions_start_that_a_pooler_may_refuse(string text)
    {
        var server = Parse(text);

        Assert.That((server.Options, server.Timezone, server.SearchPath, server.Encoding), Is.EqualTo(
            ((string?)null, (string?)null, (string?)null, "UTF8")));
    }

    [Test]
    public void What_an_operator_writes_into_a_native_string_wins()
    {
        var server = Parse("Host=host;Database=db;Command Timeout=5;Application Name=mine");

        Assert.That((server.CommandTimeout, server.ApplicationName), Is.EqualTo((5, "mine")));
    }

    [TestCase("sslmode=require", SslMode.Require)]
    [TestCase("ssl=require", SslMode.Require)]
    [TestCase("sslmode=disable", SslMode.Disable)]
    [TestCase("sslmode=verify-full", SslMode.VerifyFull)]
    [TestCase("application_name=x&sslmode=verify-ca", SslMode.VerifyCA)]
    public void A_url_says_how_to_encrypt(string query, SslMode expected)
    {
        var server = Parse($"postgresql://host/db?{query}");

        Assert.That(server.SslMode, Is.EqualTo(expected));
    }

    [TestCase("mysql://user:hunter2@host/db")]
    [TestCase("postgresql://user:hunter2@/db")]
    [TestCase("postgresql://user:hunter2@host")]
    [TestCase("postgresql://user:hunter2@host/")]
    [TestCase("postgresql://user:hunter2@host:0/db")]
    [TestCase("postgresql://user:hunter2@host:70000/db")]
    [TestCase("postgresql://user:hunter2@host:port/db")]
    [TestCase("postgresql://user:hunter2/x@host/db")]
    [TestCase("postgresql://user:12/hunter2@host/db")]
    [TestCase("postgresql://user:12?hunter2@host/db")]
    [TestCase("postgresql://user:hunter2#x@host/db")]
    [TestCase("postgresql://user:hunter2@host/db?sslmode=hunter2")]
    [TestCase("postgresql://user:hunter2@host/db?nonsense=1")]
    [TestCase("postgresql://user:hunter2@host/db?connect_timeout=soon")]
    [TestCase("Host=host;Database=db;Password=hunter2;Nonsense=1")]
    [TestCase("Host=host;Database=db;Password=hunter2;Port=hunter2")]
    [TestCase("Host=host;Database=db;Password=hunter2;SSL Mode=hunter2")]
    [TestCase("Host=host;Database=db;Password=hunter2;Minimum Pool Size=90")]
    [TestCase("Host=host;Password=hunter2")]
    [TestCase("Database=db;Password=hunter2")]
    [TestCase("hunter2")]
    [TestCase(" ")]
    public void Neither_form_is_an_error_that_names_the_variable_and_no_secret(string text)
    {
        var error = Assert.Throws<InvalidSettingException>(() => Parse(text));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Setting, Is.EqualTo("DATABASE_URL"));
            Assert.That(
                error.Message, Does.StartWith("DATABASE_URL: ").And.Contains("postgresql://user:password@host:5432/database"));
            Assert.That(error.ToString(), Does.Not.Contain("hunter2"));
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(string text, int poolSize = 10) =>
        DatabaseUrl.Parse("DATABASE_URL", text, poolSize);
}
