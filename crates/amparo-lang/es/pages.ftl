# Las páginas de la sala de lectura.
page-language-name = Español
page-skip = Ir a la página
page-lock-now = Bloquear ahora
page-tabs = Este caso
page-tab-overview = Resumen
page-tab-gather = Reunir
page-tab-timeline = Línea de tiempo
page-tab-coverage = Meses
page-tab-calls = Llamadas
page-tab-findings = Por aclarar
page-tab-find = Buscar
page-tab-account = Relato
page-tab-log = Registro
page-problem = No se hizo
page-go-back = Volver
page-change-reason = Cambiar el motivo
page-print-how = Imprímala con el menú del navegador (Ctrl+P): papel carta, una cara.
page-not-an-order = amparo es un programa para guardar papeles. No es un juicio de amparo ni una orden de un juez.
page-refused-host = Esta dirección no es de amparo. Abra la dirección que amparo escribió al empezar.
page-refused-site = Esto vino de una página que no es de amparo. No se hizo nada. Abra la dirección que amparo escribió al empezar.
page-refused-token = Abra la dirección que amparo escribió al empezar. Cambia cada vez que empieza.
page-foot-look = Se escribió en el registro antes de abrir esta página: { $member }, { $role }, { $purpose }, hoy a las { $at }.
page-foot-head = Las cuatro palabras del registro: { $words }
page-foot-nothing-left = Nada de esta página salió de esta computadora
page-unmasked = se muestran terceras personas
page-done-party = La persona se agregó al caso.
page-done-reason = El motivo quedó escrito. Vale hasta que lo cambie o bloquee.

page-lock-title = Bloqueada
page-lock-lead = Nada se perdió. Ningún nombre de ningún caso queda en esta pantalla.
page-passphrase = Su frase secreta
page-unlock = Abrir
page-forgot = ¿La olvidó?
page-forgot-member = Otra persona de la oficina puede dejarle entrar de nuevo: la agrega otra vez y le da el caso. Toma dos minutos.
page-forgot-sheet = ¿No hay nadie más? Busque la hoja de recuperación, la de las 24 palabras, y escriba "amparo recover" en una terminal.
page-forgot-nothing = Sin frase secreta y sin hoja nadie puede abrir estos archivos. Nosotros tampoco.

page-first-title = Le damos la bienvenida. Primero, seis preguntas
page-first-lead = Con las respuestas se crea la oficina en esta computadora. Nada sale de ella.
page-first-language = 1. ¿En qué idioma trabaja usted?
page-first-office = 2. ¿Cómo se llama la oficina?
page-first-neutral = 3. Un nombre neutral para las hojas que se llevan los clientes
page-first-neutral-why = Va en las hojas impresas en lugar del nombre de la oficina, para que una hoja encontrada en una bolsa diga menos. Déjelo vacío para usar el nombre de la oficina.
page-first-name = 4. ¿Cómo se llama usted?
page-first-passphrase = 5. Una frase secreta de al menos 15 letras
page-first-passphrase-why = Seis palabras que no van juntas sirven bien: fáciles de recordar, difíciles de adivinar. Nadie puede buscarla por usted.
page-first-again = La misma frase secreta otra vez
page-first-recovery = 6. ¿Quiere una hoja de recuperación de la oficina misma?
page-first-recovery-why = Abre todos los casos en esta computadora cuando se perdieron todas las frases secretas y todas las hojas de los miembros. Quien la encuentre también puede. No abre un respaldo.
page-first-sheets = Si sí: ¿cuántas hojas para la oficina?
page-first-sheets-why = Una sola abre la oficina. De dos a cinco, la abren dos juntas: así, una que alguien encuentre no abre nada.
page-first-go-on = Crear la oficina
page-sheet-title = Imprima cada hoja de recuperación
page-sheet-lead = Si se pierde la frase secreta, las 24 palabras de su propia hoja abren los archivos. Nadie más las tiene.
page-sheet-number = Hoja { $number } de { $all }
page-sheet-kept = Guardada en
page-words-back = Escriba las palabras
page-words-back-why = Así sabemos que el papel se puede leer. Hasta entonces la oficina no existe.
page-words-done = Abrir la oficina

page-cases = Casos
page-cases-none = Todavía no hay casos. Abra el primero aquí abajo.
page-case-handle = Caso
page-case-name = Nombre
page-case-needs = Por atender
page-case-papers = Papeles
page-case-opened = Abierto
page-case-not-yours = usted no tiene acceso a este caso
page-case-new = Un caso nuevo
page-case-new-why = Recibe al azar un nombre de dos palabras: eso es lo que ven los demás.
page-case-new-name = Cómo llama la oficina al caso
page-case-new-client = El nombre de la persona cliente
page-case-begin = Abrir el caso
page-papers = { $count ->
    [0] ninguno
    [one] { $count } papel
   *[other] { $count } papeles
}
page-search-all = Buscar
page-search-all-why = En todos los casos que usted puede abrir. La búsqueda queda en el registro de cada uno.
page-search-words = Palabras que busca
page-search = Buscar
page-custody = Resguardo
page-custody-how = El respaldo se hace en una terminal: amparo backup CARPETA. La recuperación también se prueba ahí: amparo recover.

page-add-papers = Agregar papeles
page-print-ask = Imprimir lo que falta
page-what-to-ask = Qué pedir ahora
page-month-by-month = Mes por mes
page-months-note = { $who }, de { $from } a { $to }. Cuanto más alta la barra, más fuerte la prueba.
page-from-to = de { $from } a { $to }
page-proven = con prueba
page-weak = débil
page-out-of-reach = fuera de alcance
page-ask-word = sin prueba
page-needs = Por atender
page-needs-note = Aquí nada se decidió por usted.
page-needs-none = Ahora no hay nada por atender.
page-needs-whose = { $count ->
    [one] { $count } papel todavía no es de nadie
   *[other] { $count } papeles todavía no son de nadie
}
page-needs-whose-why = No entran en ninguna cuenta ni en ningún punto hasta que alguien diga de quién son.
page-needs-pages = { $count ->
    [one] { $count } página todavía no se ha leído
   *[other] { $count } páginas todavía no se han leído
}
page-needs-pages-why = La búsqueda y los puntos por aclarar no las conocen.
page-needs-party = todavía no nombra a nadie
page-look-at-papers = Ver los papeles
page-say-whose = Decir de quién
page-see-files = Ver los archivos
page-parties = Personas
page-parties-note = Cada una tiene su propio cajón: papeles, datos y registro por separado.
page-party-who = Quién
page-party-name = Nombre
page-party-role = En este caso
page-party-add = Agregar a una persona
page-col-records = Datos
page-phone-reaches = El teléfono alcanza
page-months = Meses
page-months-proven = { $proven } de { $all } con prueba
page-no-phone = todavía no hay archivo de teléfono
page-no-claim = todavía sin prueba
page-who-looked = Quién abrió el expediente
page-whole-log = El registro completo
page-look-line = { $on }, { $at }, { $member }: { $purpose } ({ $via })

page-reason-title = ¿Por qué abre este expediente?
page-reason-lead = Cada página que usted abre queda escrita en el registro de este caso con su nombre y este motivo.
page-reason-which = El motivo
page-reason-note = Algo más sobre el motivo
page-reason-note-why = Trabajo de la oficina: se guarda aparte, no va en la copia de la persona cliente.
page-reason-unmask = Mostrar a terceras personas
page-reason-unmask-why = Los nombres y números de quienes no están en este caso quedan ocultos mientras no haya un motivo para verlos. Que se mostraron queda escrito.
page-reason-set = Usar este motivo

page-add-files = Agregar archivos
page-drop-here = Suelte aquí los archivos, o toda la memoria USB. Cada uno se guarda con llave antes de leerse.
page-choose-files = Escoger archivos
page-photograph = Fotografiar un papel
page-these-are-from = Son de
page-decide-later = se decide después
page-add-these = Agregar estos archivos
page-drop-limit = Hasta 1 GiB por archivo y 2 GiB a la vez. Los más grandes, en una terminal: amparo add CASO RUTA
page-reading-now = Se está leyendo
page-reading-at = Archivo { $file } de { $files }: { $done } de { $all } MB, { $records } datos hasta ahora.
page-reading-waits = Espera a los archivos de otro caso, que se leen primero.
page-reading-goes-on = Lo que está hecho ya está guardado con llave y se queda. Puede cerrar esta página: la lectura sigue hasta que bloquee.
page-reading-again = Esta página se carga de nuevo cada 15 segundos.
page-reading-ended = Listo. En qué quedó cada archivo:
page-reading-nothing = No se está leyendo nada.
page-waits-none = No espera nada más.
page-waits = { $count ->
    [one] { $count } archivo más espera su turno.
   *[other] { $count } archivos más esperan su turno.
}
page-became = { $name }: { $state }, { $count ->
    [one] { $count } dato
   *[other] { $count } datos
}.
page-not-done = { $count ->
    [one] { $count } archivo quedó sin hacer.
   *[other] { $count } archivos quedaron sin hacer.
} { $why }
page-not-taken-in = { $count ->
    [one] { $count } archivo no se recibió, porque antes se bloqueó la oficina. Agréguelo otra vez.
   *[other] { $count } archivos no se recibieron, porque antes se bloqueó la oficina. Agréguelos otra vez.
}
page-handed-in = Lo que se entregó
page-handed-in-none = Todavía nada.
page-sums = { $count ->
    [one] { $count } archivo
   *[other] { $count } archivos
}, { $units } líneas, campos y páginas = { $read } (leído) + { $furniture } (relleno) + { $rejects } (rechazado) + { $unread } (aún sin leer). Dieron { $records } datos.
page-furniture-is = Relleno: encabezados, totales, líneas vacías.
page-col-file = Archivo
page-col-state = Estado
page-col-whose = De quién
page-whose-ask = ¿De quién?
page-whose-is = De quién es
page-nobody-yet = de nadie todavía
page-save = Guardar
page-units = Entregado
page-col-furniture = Relleno
page-col-rejects = Rechazos
page-col-unread = Sin leer
page-col-reaches = Alcanza
page-reaches-none = sin fechas propias
page-change = Cambiar
covers-first-record = su primera y su última línea
covers-stated = lo dice la fuente
covers-cap-suspected = puede estar cortado: es un límite conocido de la exportación
page-some-rejected = Algunas líneas no se pudieron leer; el número de rechazos lleva a ellas.
page-more-inside = { $count ->
    [one] { $count } archivo más adentro
   *[other] { $count } archivos más adentro
}
page-withdraw = retirar
page-move = mover
page-reread = leer otra vez
page-reread-all = Leer otra vez lo que lean los lectores nuevos
page-reread-all-why = Archivos que no se leyeron o que leyó un lector anterior. Lo que usted decidió se queda.
page-add-person-first = Primero agregue a una persona del caso.
page-left-behind = Lo que queda fuera
page-left-behind-why = Las copias que usted dio siguen donde estaban: en una carpeta, en una memoria, en el teléfono. amparo no borra lo que no escribió. Quítelas a mano cuando nadie las necesite ahí.
page-not-yet-forgotten = Estos lugares de respaldo todavía tienen lo que se retiró, hasta su próximo respaldo:
page-sheets = Hojas para reunir papeles
page-sheets-why = Una página impresa cada una, con las palabras del menú del teléfono. En inglés y en español.
page-sheet-to-get = Para obtener
page-sheet-from = De dónde
page-sheet-print = Imprimir
page-all-files = Todos los archivos
page-this-file = Este archivo
page-given-on = Entregado el
page-inside-of = Dentro de
page-brought-by = Lo trajo
page-bytes = Tamaño en bytes
page-beside = Vino junto con él
page-assumed = Se supuso
page-reader = Lo leyó
page-sha256 = Huella (SHA-256)
page-copy-lies = La copia que usted dio sigue donde estaba. amparo no borra lo que no escribió.
page-rejects-why = Líneas rechazadas, y por qué
page-rejects-hidden = Las líneas mismas no se muestran, porque pueden nombrar a terceras personas.
page-more-rejects = { $count ->
    [one] Y { $count } más.
   *[other] Y { $count } más.
}
page-where = Dónde
page-why = Por qué
page-the-line = La línea
page-inside = Archivos adentro
page-pages = Páginas
page-leaf = Página { $page } de { $pages }
page-move-title = Mover un papel
page-move-person = A otra persona
page-move-person-why = Desde entonces sus datos, y lo que se halló en ellos, cuentan para esa persona.
page-move-case = A otro caso
page-move-case-why = El papel se guarda allá con llave nueva, con su lectura y sus correcciones, y se retira de aquí. Allá todavía no es de nadie.
page-move-no-case = No hay otro caso que usted pueda abrir.
page-move-do = Mover a ese caso
page-move-which = ¿Qué caso?
page-same-bytes = Estos son el mismo archivo, entregado otra vez. Se van con él:
page-withdraw-title = ¿Retirar un papel?
page-withdraw-what = Se destruye su llave: nadie podrá abrir ya el papel, sus datos ni lo que se decidió sobre ellos. En el registro queda que algo se retiró, cuándo y quién lo hizo.
page-withdraw-inside = { $count ->
    [one] Tiene { $count } archivo adentro, que se va con él.
   *[other] Tiene { $count } archivos adentro, y todos se van con él. Para conservar los demás, regrese y retire solo el que está en la lista debajo de él.
}
page-withdraw-apart = { $count ->
    [0] Es el único archivo de su archivo comprimido, que se va con él.
    [one] Su archivo comprimido se va con él. El otro archivo que tiene adentro se guarda y se lee antes por separado.
   *[other] Su archivo comprimido se va con él. Los otros { $count } archivos que tiene adentro se guardan y se leen antes por separado; puede tardar un rato.
}
page-show-first = Ver el primero
page-done-withdraw-begun = Primero se guardan y se leen los otros archivos que van juntos; después se retira este. Abajo se ve cuándo está listo.
page-withdraw-backups = Estos lugares de respaldo lo tienen hasta su próximo respaldo:
page-withdraw-not-reached = Lo que amparo no alcanza: copias que se imprimieron o se entregaron, y la copia que usted dio.
page-withdraw-no-way-back = Esto no se puede deshacer.
page-withdraw-do = Retirarlo
page-withdraw-not = Conservarlo
page-withdraw-held = Una orden de conservar lo prohíbe. Quien dio la orden puede terminarla en una terminal: amparo hold CASO --release
page-done-added = Los archivos están aquí; se guardan con llave y se leen uno tras otro.
page-done-whose = Quedó anotado de quién es el papel.
page-done-nobody = El papel todavía no es de nadie.
page-done-reread = Los archivos se leen otra vez; lo que decían antes queda guardado.
page-done-reread-none = No hay nada que leer otra vez: todo lo leyó el lector más nuevo.
page-done-moved = El papel está ahora en el otro caso, y aquí se olvidó.
page-done-moved-rest = El papel está ahora en el otro caso, y aquí se olvidó. Los lugares de respaldo que se nombran abajo lo tienen hasta su próximo respaldo.
page-done-withdrawn = El papel se retiró. Nadie puede abrirlo ya.
page-done-withdrawn-rest = El papel se retiró. Los lugares de respaldo que se nombran abajo lo tienen hasta su próximo respaldo.

page-done-settled = Quedó escrito cómo se aclaró.
page-done-corrected = La corrección quedó escrita. La fuente sigue diciendo lo que decía.
page-done-account = Quedó escrito como lo que dice la persona.

page-findings-title = Puntos por aclarar
page-findings-open = Abiertos
page-findings-none = No hay nada abierto.
page-findings-settled = Aclarados
page-finding-next = Siguiente punto
page-finding-is-settled = Esto ya se aclaró:
page-doubtful = Lecturas dudosas
page-doubtful-note = Una máquina las leyó y no está segura. Mire la página y corrija lo que esté mal.
page-where-they-differ = En qué no coinciden
page-differs-what = Qué
page-open-record = Abrir el dato
page-also-behind = Otros papeles de este punto
page-settle = Aclararlo
page-settle-note = Lo que usted elija queda escrito en el registro con su nombre. Los dos papeles quedan como están.
page-settle-explained = Los dos papeles valen. Diga por qué no coinciden.
page-settle-corrected = Uno se leyó mal. La página siguiente pide la lectura correcta.
page-settle-superseded = Un papel posterior reemplaza a uno de ellos.
page-settle-not-same = Uno de los papeles es de otra persona.
page-settle-explained-gap = Hay un motivo para esos meses. Diga cuál.
page-settle-explained-one = El papel queda como está. Diga por qué sus fechas son así.
page-settle-superseded-file = Un archivo es más nuevo o más completo, y ese vale.
page-settle-not-same-one = El papel es de otra persona.
page-what-they-say = Lo que dicen los papeles
page-settle-open = Dejarlo abierto
page-settle-open-what = Sigue de primero en el resumen.
page-settle-why = Por qué
page-settle-not-you = Esto lo aclara otra persona de la oficina: asistente legal o representante.
page-write-down = Guardar

page-the-whole-file = El archivo completo
page-certainty = Qué tan seguro
page-masked = Aquí están ocultos los nombres y números de terceras personas.
page-masked-how = Mostrarlos, con un motivo
page-findings-about = Puntos sobre este dato
page-other-sources = Otras fuentes que dicen lo mismo
page-no-other-source = Todavía ningún otro papel lo dice.
page-history = Historia
page-no-history = Nadie ha cambiado este dato.
page-history-line = Entrada { $entry }, { $member }: { $field }, de "{ $was }" a "{ $is }"
page-nothing = nada
page-correct = Corregir un valor
page-correct-note = El papel conserva lo que dice; la corrección queda al lado con su nombre.
page-correct-field = Qué valor
page-correct-value = La lectura correcta
page-correct-value-note = Un día como 2019-08-31, un mes como 2019-08, una cantidad sin el signo. Vacío quita el valor.

page-find = Buscar
page-find-note = Palabras o números; "entre comillas" para palabras en ese orden; un asterisco al final para palabras que empiezan así. Los acentos no importan.
page-find-narrow = Limitar
page-find-kind = Clase
page-find-any = cualquiera
page-find-who = De quién
page-find-from = Desde el mes (2019-08)
page-find-to = Hasta el mes
page-find-more = { $count ->
    [one] { $count } más. Limite la búsqueda para verlo.
   *[other] { $count } más. Limite la búsqueda para verlos.
}

page-account = Lo que dice la persona cliente
page-account-lead = Escríbalo como la persona lo cuenta. Basta un mes, basta un año, y "no se sabe" es una respuesta: déjelo vacío.
page-account-who = Quién lo dice
page-account-dates = Fechas: 2019-08-31, o 2019-08, o 2019. "Como en 2019" es 2019~.
page-account-wrong = No se entendió "{ $value }". Todo lo demás sigue en el formulario; todavía no se escribió nada.

page-log = El registro
page-log-lead = Cada apertura se escribe aquí antes de mostrar algo. Nadie puede quitar una línea sin que se note.
page-log-print = Imprimirlo para la persona cliente
page-newer = Más nuevas
page-older = Más antiguas

page-style = Las partes de una página
page-style-lead = Seis tamaños de letra, siete espacios, un solo botón lleno por página. Un color nunca va solo.
page-style-type = Letras
page-style-signs = Signos
page-style-inks = Colores
page-style-controls = Controles
page-style-table = Tablas
page-proven-fair = con prueba regular
page-sign-differ = los papeles no coinciden
page-sign-read = leído
page-sign-part = leído en parte
page-sign-unread = guardado, sin leer
page-account-more = Más líneas
page-account-job = Trabajos
page-account-job-employer = ¿Dónde trabajó?
page-account-job-role = ¿De qué?
page-account-job-start = Desde
page-account-job-end = Hasta
page-account-job-place = Ciudad
page-account-job-household-employer = ¿Fue en la casa de alguien?
page-account-address = Domicilios
page-account-address-text = Calle y número
page-account-address-start = Desde
page-account-address-end = Hasta
page-account-entry = Veces que entró
page-account-entry-on = ¿Cuándo?
page-account-entry-port-raw = ¿Por dónde?
page-account-entry-class = ¿Con qué visa o clase?
page-account-exit = Veces que salió
page-account-exit-on = ¿Cuándo?
page-account-exit-port-raw = ¿Por dónde?
page-account-identity = Personas de la familia
page-account-identity-birth-country-raw = País de nacimiento
page-account-identity-role = ¿Quién es?
page-account-event = Otras cosas que pasaron
page-account-event-on = ¿Cuándo?
page-account-event-type = ¿Qué clase de cosa?
page-account-event-text = ¿Qué pasó?

page-print-this = Imprimir esta página
page-person = Persona
page-span = Periodo
page-month-of-year = Mes
page-rows = { $from } a { $to } de { $all }
page-rows-nav = Páginas de la tabla
page-rows-before = Anterior
page-rows-after = Siguiente
page-and-more = { $count ->
    [one] y uno más
   *[other] y { $count } más
}
page-nobody = Todavía no hay nadie en este caso. Primero agregue a una persona: los papeles, los meses y las llamadas son de alguien.
page-when = Cuándo
page-lane = Franja
page-col-what = Qué
page-stands-in = Está en
page-the-table = Lo mismo en una tabla
page-as-table-years = Lo mismo en una tabla, por año
page-timeline-lead = Trabajo, teléfono e inmigración, una franja sobre otra. Cada marca abre su papel.
page-ten-years = Diez años
page-before = Hasta { $to }
page-papers-here = papeles
page-nothing-dated = Ningún papel habla de estos meses.
page-claim = Lo que hay que probar
page-months-for = { $who }, { $claim }: de { $from } a { $to }. Cuanto más llena la caja, más fuerte la prueba. Elija un mes para ver sus papeles.
page-months-caption = { $who }: cada mes y su mejor prueba. El número dice cuántos datos hay.
page-records-count = { $count ->
    [one] un dato
   *[other] { $count } datos
}
page-sign-strong-presence = un papel de ese mes: talón de pago, depósito, entrada, audiencia
page-sign-fair-presence = un papel de ese año (W-2 o 1099), un papel sobre un trabajo o un domicilio, o llamadas en ocho días o más
page-sign-weak-presence = un aviso, mensajes, llamadas en pocos días, o el total del año del Seguro Social
page-sign-strong-employment = un talón de pago de ese mes
page-sign-fair-employment = un papel de ese año (W-2 o 1099), un depósito, o un papel sobre el trabajo
page-sign-weak-employment = el total del año del Seguro Social
page-sign-strong-residence = un papel que nombra el domicilio en ese mes
page-sign-fair-residence = un papel que nombra el domicilio en ese año
page-sign-weak-residence = un aviso de ese mes
page-sign-ask = hay fuentes de ese mes y no muestran nada
page-sign-reach = ninguna fuente llega a ese mes: no se puede saber nada
page-gaps = Huecos
page-gaps-note = Más de tres meses seguidos sin prueba fuerte ni regular, y qué hay en ellos.
page-gaps-none = No hay ningún hueco de más de tres meses.
page-ask-none = No hay nada que pedir.
page-see-month = Ver el mes
page-not-said = Lo que esto no dice
page-not-said-why = Un mes sin papel no quiere decir que la persona no estaba. Solo dice que todavía no hay con qué probarlo. A los meses con rayas no llega ningún archivo: de ellos no se puede saber nada.
page-all-months = Todos los meses
page-month-before = El mes anterior
page-month-after = El mes siguiente
page-day-by-day = Verlo día por día
page-evidence = Pruebas
page-evidence-note = La más fuerte primero.
page-evidence-none = Todavía ningún papel prueba este mes.
page-strength = Fuerza
page-strength-strong = fuerte
page-strength-fair = regular
page-strength-weak = débil
page-calls-with = { $count ->
    [one] Una llamada con { $number }
   *[other] { $count } llamadas con { $number }
}
page-phone-file = archivo del teléfono
page-sources = Fuentes
page-reaches-no-month = Ninguna fuente llega a este mes.
page-reaches-note = Archivos que dicen entre qué fechas llegan.
page-reaches-not = Estas no llegan a él, y no dicen nada de él
page-calls-head = Llamadas
page-calls-reach = { $who }: el archivo del teléfono va de { $from } a { $to }, con { $count ->
    [one] un número
   *[other] { $count } números
}.
page-calls-before = Meses de antes y de después: ninguna fuente llega. De ellos no dice nada.
page-calls-no-file = { $who }: todavía no hay archivo de llamadas.
page-calls-none = Sin archivo no se sabe nada de llamadas: ni que las hubo, ni que no las hubo.
page-by-number = Por número y mes
page-calls-count = { $count ->
    [one] una llamada
   *[other] { $count } llamadas
}
page-calls-masked = Quienes no están en este caso quedan ocultos, aquí, al imprimir y en todo lo que se exporta.
page-calls-unmask = Para mostrarlos, dé un motivo
page-calls-of-month = { $calls } { $days }, { $numbers }.
page-days-count = { $count ->
    [one] en un día
   *[other] en { $count } días
}
page-numbers-count = { $count ->
    [one] con un número
   *[other] con { $count } números
}
page-all-numbers = Todos los números
page-number-lead = { $who }: { $count ->
    [one] una llamada
   *[other] { $count } llamadas
} con este número, de { $from } a { $to }.
page-single-calls = Llamadas, una por una
page-calls-times = Las horas son las del lugar donde vivía la persona.
page-direction = Sentido
page-outcome = Contestada
page-length = Duración
page-seconds = { $seconds } s
page-minutes = { $minutes } min { $seconds } s

page-print-sheet = Hojas
page-print-language = Idioma de la hoja
page-print-names = Nombre en la hoja
page-print-no-name = Sin el nombre de la persona
page-print-name = Con el nombre de la persona
page-print-ask-title = Papeles que le pedimos
page-print-ask-lead = Ya tenemos prueba de { $proven } de { $all } meses.
page-print-ask-none = Tenemos prueba de { $proven } de { $all } meses. Por ahora no hace falta traer nada.
page-print-before = Antes de venir
page-print-as-it-is = Traiga el papel como esté, aunque esté roto o manchado. Nosotros lo copiamos y se lo devolvemos.
page-print-photo = Una foto clara también sirve: de día, la hoja entera, sin sombra.
page-print-nothing = No escriba nada en los papeles. Si no encuentra alguno, no se preocupe: díganos.
page-print-government = No pida papeles al gobierno sin hablar antes con nosotros.
page-print-bring = Tráigalos antes del:
page-print-questions = Preguntas:
page-print-yours = Esta hoja es suya.
page-print-timeline-title = Lo que dicen sus papeles, año por año
page-print-timeline-note = Si algo no está bien, díganos.
page-print-lines-more = { $count ->
    [one] Una línea más está en el expediente.
   *[other] { $count } líneas más están en el expediente.
}
page-print-coverage-title = Meses con prueba
page-print-looks-title = Quién abrió su expediente
page-print-looks-lead = Cada vez que alguien de la oficina abre su expediente queda escrito: quién, cuándo y para qué. Lo más nuevo primero.
page-print-looks-note = La lista dice lo que se abrió con este programa. No puede decir lo que se hizo con una copia fuera de él.
page-print-who-why = Quién y para qué
page-print-visit = { $member }: { $purpose } ({ $what })
page-print-done = { $member }: { $what }
page-from-to-time = { $from } a { $to }
page-settle-which = ¿Cuál se leyó mal?
page-correct-wrong = "{ $value }" no sirve para ese valor. Escriba un día así: 1988-07-21 o 07/21/1988; un mes así: 1988-07; una cantidad, sin el signo. No se cambió nada.
page-needs-points = { $count ->
    [one] { $count } punto por aclarar
   *[other] { $count } puntos por aclarar
}
page-history-hidden = Entrada { $entry }, { $member }: se cambió { $field } (oculto aquí)

page-zone = Dónde se cuentan los meses
page-zone-where = ¿Dónde vive la persona?
page-zone-why = Una llamada de noche puede caer en otro mes según el lugar: los meses y las horas se cuentan donde vive la persona.
page-zone-other = En otro lugar: el nombre de la zona, como America/Guatemala
page-zone-is = Los meses y las horas de este caso se cuentan en esta zona horaria: { $zone }.
page-zone-is-because = Los meses y las horas de este caso se cuentan en esta zona horaria: { $zone }. Motivo: { $because }
page-zone-change = Cambiar la zona horaria
page-zone-because = ¿Por qué cambia?
page-zone-eastern = Hora del Este (Nueva York, Miami, Atlanta)
page-zone-central = Hora del Centro (Chicago, Houston, Dallas)
page-zone-mountain = Hora de la Montaña (Denver, El Paso)
page-zone-arizona = Arizona (Phoenix y Tucson)
page-zone-pacific = Hora del Pacífico (Los Ángeles, Seattle, Las Vegas)
page-zone-alaska = Estado de Alaska
page-zone-hawaii = Hawái
page-zone-puerto-rico = Isla de Puerto Rico
page-zone-mexico = Ciudad de México
page-done-zone = La zona horaria se cambió. Los meses se cuentan de nuevo.
