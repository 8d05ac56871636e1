using System.Data;
using System.Data.Common;
using Dapper;
using Dashtam.Jobs.Core.Wire;
using Npgsql;
using NpgsqlTypes;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>The little in which the two databases differ: how a parameter is passed, and how a set of ids is asked for.</summary>
internal abstract class SqlDialect
{
    /// <summary>dashtam-api's database: <c>timestamptz</c> and <c>uuid</c>.</summary>
    public static SqlDialect PostgreSql { get; } = new PostgreSqlDialect();

    /// <summary>The sample database: times as ISO text in microseconds, ids in lower case; both sort as they do there.</summary>
    public static SqlDialect Sqlite { get; } = new SqliteDialect();

    /// <summary>A condition that holds for the ids in <c>@ids</c>.</summary>
    public abstract string IsOneOfIds(string column);

    /// <summary>What to pass for an instant; what is finer than the column's microseconds is cut off.</summary>
    public abstract object Parameter(DateTimeOffset instant);

    public abstract object Parameter(IEnumerable<Guid> ids);

    /// <summary>A value of the current row as the parameter that stands for the same value, whatever it is.</summary>
    public abstract object KeyOf(DbDataReader row, int ordinal);

    private sealed class PostgreSqlDialect : SqlDialect
    {
        public override string IsOneOfIds(string column) => $"{column} = ANY(@ids)";

        public override object Parameter(DateTimeOffset instant)
        {
            var utc = instant.UtcDateTime;
            return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
        }

        public override object Parameter(IEnumerable<Guid> ids) => ids.ToArray();

        // The server's own number of an instant: PostgreSQL has years that .NET has not.
        public override object KeyOf(DbDataReader row, int ordinal) => row.GetFieldType(ordinal) == typeof(DateTime)
            ? new RawInstant(row.GetFieldValue<long>(ordinal))
            : row.GetValue(ordinal);
    }

    private sealed record RawInstant(long Value) : SqlMapper.ICustomQueryParameter
    {
        public void AddParameter(IDbCommand command, string name) =>
            command.Parameters.Add(new NpgsqlParameter<long>(name, NpgsqlDbType.TimestampTz) { TypedValue = Value });
    }

    private sealed class SqliteDialect : SqlDialect
    {
        // Dapper writes a list out, with the parentheses.
        public override string IsOneOfIds(string column) => $"{column} IN @ids";

        public override object Parameter(DateTimeOffset instant) => IsoTime.Micros(instant);

        public override object Parameter(IEnumerable<Guid> ids) => ids.Select(id => id.ToString("D")).ToArray();

        public override object KeyOf(DbDataReader row, int ordinal) => row.GetValue(ordinal);
    }
}
